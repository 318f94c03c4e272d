"""Who is to sign, and what is to be decided, as documents say it: lines to sign, choices, names of authorities."""

import re
from collections.abc import Sequence
from unicodedata import normalize

from checklist.imports.statuses import boxes, leading, readable
from checklist.imports.vocabulary import choices

CHOICES = choices()
# At the end of a heading, after a few words that say whose: "8.1 Technical Sign-offs", "Launch Approval".
SIGN_OFF_HEADING = re.compile(
    r"(?:^|[\s\W])(?:sign[- ]?offs?|signatures?|approvals?|approvers?|freigaben?|abnahme|unterschriften|approbations?|"
    r"signataires|aprobaci[oó]n(?:es)?|firmas|aprova[cç](?:ão|ões)|assinaturas|approvazion[ei]|firme|goedkeuring(?:en)?|"
    r"утверждение|согласование|подписи|签字|审批|批准|签核|承認|署名|サインオフ|승인|서명)"
    r"(?:\s+(?:table|section|sheet|block|form|matrix|requirements?|required))?\W*$",
    re.IGNORECASE,
)
MOST_HEADING_WORDS = 6
LEGEND_HEADING = re.compile(
    r"\b(?:legend|key|symbols?|conventions?|status (?:key|legend|codes|definitions?|meaning|indicators?)|notation|"
    r"legende|zeichenerklärung|légende|leyenda|legenda|легенда|обозначения)\b|图例|凡例|범례",
    re.IGNORECASE,
)
TEAM_LABEL = re.compile(
    r"(?:responsible(?: team| party)?|owner|owners|owned by|team|owning team|responsibility|accountable|dri|"
    r"verantwortlich(?:e[rs]?)?|zuständig|responsables?|équipe|propietario|equipo|responsável|responsabile|"
    r"verantwoordelijke?|odpowiedzialny|ansvarig|ответственн(?:ый|ые|ая)|команда|sorumlu|"
    r"负责(?:人|团队)|责任人|担当(?:者|部署)?|담당(?:자)?)",
    re.IGNORECASE,
)
SIGN_LABEL = re.compile(
    r"(?:sign[- ]?off(?:s| required| by| from)?|required sign[- ]?offs?|signed[- ]off by|approvers?|approved by|"
    r"approval(?:s|(?: required)?(?: from| by)?)|required approv(?:al|er)s?|sign[- ]?off authority|"
    r"freigabe(?: durch| erforderlich)?|abnahme(?: durch)?|approuvé par|approbation|aprobado por|aprobación|aprobador|"
    r"aprovado por|aprovação|approvato da|approvazione|goedgekeurd door|утвержда(?:ет|ющий)|согласовано|утверждено|"
    r"签字(?:人)?|审批(?:人)?|批准(?:人)?|承認者?|승인자?)",
    re.IGNORECASE,
)
OWN_SIGN_OFF = re.compile(r"\b(?:sign[- ]?off|approval|freigabe|abnahme)\s*$", re.IGNORECASE)
BLANK = re.compile(
    r"_{3,}|\.{5,}|\[(?:signature|sign|name|date|initials|mm/dd[^\]]*|dd/mm[^\]]*)\]", re.IGNORECASE
)
SIGN_HERE = re.compile(
    r"\b(?:signature|signed|unterschrift|firma|assinatura|podpis|handtekening|подпись)\b\s*:?|签名|署名|서명",
    re.IGNORECASE,
)
FORM_FIELD = re.compile(
    r"^\W*(?:name|date|signature|title|signed|comments?|datum|unterschrift|nom|fecha|firma|nombre|data|nome|"
    r"имя|дата|подпись|姓名|日期|签名|氏名|日付|署名)\W*(?:[:：].*)?$",
    re.IGNORECASE,
)
ESCAPED = re.compile(r"\\([_*\[\]])")
DECIDES = re.compile(
    r"(?:go|no-?go|defer|delay|approve|reject|yes|no|hold|postpone|abort|proceed|launch)\b"
)
GO_OR_NOT = re.compile(r"\bgo\b\s*/\s*\bno[- ]?go\b|\bapproved?\b\s*/\s*\breject", re.IGNORECASE)
ROLE = re.compile(
    r"\b(?:c[a-z]o|vp|svp|evp|owner|lead|leader|manager|director|officer|head|chief|sponsor|team|engineer|engineering|"
    r"architect|dba|sre|devops|qa|security|product|legal|compliance|operations|ops|finance|marketing|support|admin|"
    r"administrator|analyst|developer|committee|board|president|stakeholders?|pm|po|tl|"
    r"leiter(?:in)?|verantwortliche[rn]?|responsable|director[ae]?|gerente|jefe|líder|chef|руководитель|менеджер|директор)\b",
    re.IGNORECASE,
)
NAMES_ROLE = re.compile(
    rf"{ROLE.pattern}(?:\s*\([^)]*\))?$", re.IGNORECASE
)  # and says no more of them
FEW_WORDS = 6
EITHER = re.compile(
    r"\s+(?:or|oder|ou|o|of|или|lub|eller)\s+|\s*/\s*|\s*(?:或|または|또는)\s*", re.IGNORECASE
)
EACH = re.compile(
    r"\s*[+&;,，、]\s*|\s+(?:and|und|et|y|e|en|и|i|och|plus)\s+|\s*和\s*", re.IGNORECASE
)
LONGEST_NAME = 80
LONGEST_LINE = 2000


def label_in(line: str) -> tuple[str, str] | None:
    """A line's label and what it says: "Responsible: Security Team"."""
    text = readable(line[:LONGEST_LINE]).strip().lstrip("*_-•> ").strip()
    label, colon, value = re.sub(r"[*_`]", "", text).replace("：", ":").partition(":")
    label = re.sub(r"^[\W\d_]+", "", label).strip()
    if not colon or not label or len(label) > LONGEST_NAME:
        return None
    return label, value.strip()


def is_choice(text: str) -> bool:
    """Whether a box is one of the answers to a question: GO, NO-GO, Yes, No."""
    words = normalize("NFC", readable(text)).casefold()
    return re.sub(r"[*_`.!:]|\s*\(.*\)\s*$", "", words).strip() in CHOICES


def _begins_with_choice(text: str) -> bool:
    words = readable(text).casefold().strip(" *_`")
    return len(words.split()) <= FEW_WORDS and bool(DECIDES.match(words))


def are_choices(texts: Sequence[str]) -> bool:
    """Whether a whole list of boxes is the answers to one question."""
    return len(texts) > 1 and all(map(is_choice, texts))


def question_in(line: str) -> str:
    """What a line with several boxes asks; nothing where it asks nothing."""
    found = boxes(line[:LONGEST_LINE])
    answers = [words for _status, words in found if words.strip(" *_")]
    answers = [words for words in answers if not words.rstrip("*_ ").endswith(":")]
    if len(found) < 2 or not all(
        is_choice(words) or _begins_with_choice(words) for words in answers
    ):
        return ""
    first = readable(line)
    asked = re.split(r"\\?\[|[" + "☐☑✅⬜□❌" + "]", first, maxsplit=1)[0]
    asked = asked.strip(" *_:-•\t")
    return asked or first.strip()


def is_sign_off_line(text: str, *, beneath_sign_off: bool, told: bool) -> bool:
    """Whether a line with a box is there to be signed. `told`: lines below it say of it what they say of an item."""
    text = ESCAPED.sub(r"\1", text[:LONGEST_LINE])
    label = label_in(text)
    if label and GO_OR_NOT.search(label[1]):
        return True
    if BLANK.search(text) and (SIGN_HERE.search(text) or "]" in text or beneath_sign_off):
        return True
    if told or not beneath_sign_off:
        return False
    name = (label[0] if label else text).strip(" *_`.")
    return len(name.split()) <= FEW_WORDS and bool(
        NAMES_ROLE.search(name) or OWN_SIGN_OFF.search(name)
    )


def is_line_to_sign(text: str) -> bool:
    """Whether a line has a place for a signature."""
    text = ESCAPED.sub(r"\1", text[:LONGEST_LINE])
    return bool(BLANK.search(text) and SIGN_HERE.search(text))


def signer_in(text: str) -> str:
    """Whose line it is: "Business Owner: GO / NO-GO - [Signature]"."""
    label = label_in(text)
    name = label[0] if label else BLANK.split(text, maxsplit=1)[0]
    found = leading(name)
    name = found[1] if found else name
    return tidy(OWN_SIGN_OFF.sub("", tidy(name)) or name)


def tidy(name: str) -> str:
    return re.sub(r"[*_`\[\]]", "", name).strip(" -–—:.()@")


def authorities_in(text: str) -> list[tuple[str, ...]]:
    """Who signs: "CISO or Security Lead" is one signature of either, "Team Lead + CTO" are two."""
    text = BLANK.sub("", text)
    slots = []
    for each in EACH.split(re.sub(r"[*_`\[\]]", "", text)):
        names = tuple(name for part in EITHER.split(each) if (name := tidy(part)))
        if names and all(len(name) <= LONGEST_NAME for name in names):
            slots.append(names)
    return slots
