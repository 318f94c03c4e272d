"""Certificates to test, and programs that read them without knowing us."""

import shutil
import subprocess
from io import BytesIO

from django.conf import settings
from django.utils import timezone
from pypdf import PdfReader

from signoff.certificate.authority import fingerprint
from signoff.certificate.issuing import certify_decision, certify_section
from signoff.certificate.record import record_of
from signoff.certificate.render import pdf_of
from signoff.certificate.source import decision_source, newest_round

SCRIPTS = (
    "Zoë Łukasz Ngũgĩ Trần",
    "Ольга Петрова",
    "Ελένη Παπαδοπούλου",
    "ليلى حداد",
    "חנה כהן",
    "प्रिया शर्मा",
    "สมชาย ใจดี",
    "王小明 陳大文",
    "山田 はなこ カタカナ",
    "김민준",
    "Դավիթ Դავით",
    "প্রিয়া তমিழ்",
    "🙂 👩‍🚀 👍🏽 ✅ ⚠️ 🇩🇪 1️⃣",
)
MARKUP = (
    '#import "@preview/x:1.0.0" #read("/etc/passwd") #panic() $x^2$ @ref <label> *b* _i_ `c` ]] ]) "\\u{1f600}'
    " \\ // -- /* = Heading"
)


def unsealed(launch, now=None):
    """A decision's certificate before it is sealed."""
    now = now or timezone.now()
    record = record_of(decision_source(launch, newest_round(launch), now))
    return pdf_of(record, authority=fingerprint(settings.KEYS_DIR), now=now)


def certificate_of(launch):
    return certify_decision(launch, newest_round(launch), now=timezone.now())


def section_certificate_of(section):
    return certify_section(section, now=timezone.now())


def text_of(pdf, tmp_path):
    """What poppler reads, white space made single: a name may break over lines."""
    path = tmp_path / "read.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(
        [shutil.which("pdftotext"), "-raw", path, "-"], capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split())


def attachments_of(pdf):
    return PdfReader(BytesIO(pdf)).attachments
