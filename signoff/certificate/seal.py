"""The seal: a PAdES signature (B-B, or B-T where a timestamp authority is set) over a whole certificate, by pyHanko.

Slow to import (0.4 s, 45 MB), so callers import it when they seal.
"""

from datetime import datetime
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from sentinel.reasons import Reason
from signoff.certificate.aside import aside
from signoff.certificate.authority import current, sealing_refusals
from signoff.words import refuse

FIELD = "Seal"


class Writer(IncrementalPdfFileWriter):
    """Adds the seal and leaves the metadata as they are: rewritten, they would no longer be PDF/A's."""

    def _update_meta(self) -> None:
        pass


def sealed(pdf: bytes, folder: Path, *, now: datetime, timestamps: str = "") -> bytes:
    """The certificate with its seal, the last thing that is ever written to it. Refused where the keys do not allow it.

    `timestamps`: the address of a timestamp authority (RFC 3161), "" for none.
    """
    refuse(sealing_refusals(folder, now))
    sealing = current(folder)
    signer = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]
        str(sealing.key), str(sealing.certificate), ca_chain_files=(str(sealing.root),)
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    spec = fields.SigFieldSpec(FIELD, readable_field_name="Seal of this certificate")
    stamper = HTTPTimeStamper(timestamps) if timestamps else None
    pdf_signer = signers.PdfSigner(meta, signer, timestamper=stamper, new_field_spec=spec)
    try:
        out = aside(lambda: pdf_signer.sign_pdf(Writer(BytesIO(pdf))))
    except TimestampRequestError:
        refuse([Reason("tsa_silent", params={"url": timestamps})])
        raise
    return bytes(out.getbuffer())
