"""The rules: data that is added to, never renumbered. tests/agentscope/secrets/test_rules.py has
hits and look-alikes of each.

Every pattern is read by Python's `re` and by RE2 and means the same to both: no look-around, no
reference back. Where it has a group the group is the value, else all of it is. A pattern never
takes a quote or a backslash of JSON along, so that what holds it stays whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from agentscope.secrets.checks import (
    has_digit,
    is_card,
    is_host_password,
    is_iban,
    is_password,
    is_random,
    is_ssn,
)

VERSION = 2  # of the rules: raise it when one of them finds something else


class Category(StrEnum):
    """What a rule is about."""

    SECRET = "secret"  # noqa: S105 — the word, not a secret
    PERSONAL = "personal"


@dataclass(slots=True, frozen=True)
class Rule:
    """One shape. `needles` are in every text that matches, in lower case; a rule without any is
    tried on every text. `number` is stored with spans: 1 to 255."""

    number: int
    code: str
    about: str
    category: Category
    pattern: str
    needles: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None


S, P = Category.SECRET, Category.PERSONAL
CHAR = r"(?:[^\s\"'`,;\\<>&]|\\u[0-9a-fA-F]{4})"  # of a value; JSON writes some characters so
AT = r"(?:\b|_)"  # where a key begins: names are joined to keys by it, as in `prod_sk-…`
NAMED = r"(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|(?:auth|access|refresh|session|id)[_-]?token|client[_-]?secret|private[_-]?key)"  # noqa: E501

# The most exact first: of two that overlap the first names the whole.
RULES: tuple[Rule, ...] = (
    Rule(1, "private_key", "private key in PEM", S,
         r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----"
         r"(?:[A-Z][A-Za-z-]{2,20}: [A-Za-z0-9 .,-]{1,80}|[A-Za-z0-9+/=\s]|\\+[\snrt/])*"
         r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----)?", ("private key",)),
    Rule(2, "jwt", "JSON web token", S,
         # Not within a word of its letters, or it would be tried again from each part of one.
         r"(?:^|[^A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})",
         ("eyj",)),
    Rule(3, "anthropic_key", "key of Anthropic", S,
         AT + r"(sk-ant-[A-Za-z0-9_-]{20,})", ("sk-ant-",), is_random),
    Rule(4, "openai_key", "key of OpenAI or of a service that names its keys so: sk-…", S,
         AT + r"(sk-[A-Za-z0-9_-]{20,})", ("sk-",), is_random),
    Rule(5, "aws_access_key", "id of an access key of AWS", S,
         AT + r"((?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16})\b", ("akia", "asia", "abia", "acca")),
    Rule(6, "aws_secret_key", "secret access key of AWS, beside its name", S,
         r"(?i)aws.{0,20}?(?:secret|key).{0,20}?[\"'=: ]([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)",
         ("aws",), is_random),
    Rule(7, "github_token", "token of GitHub", S,
         AT + r"(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})",
         ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_")),
    Rule(8, "gitlab_token", "token of GitLab", S,
         AT + r"(gl(?:pat|dt|ptt|rt|cbt|soat)-[A-Za-z0-9_-]{20,})",
         ("glpat-", "gldt-", "glptt-", "glrt-", "glcbt-", "glsoat-"), is_random),
    Rule(9, "google_key", "API key, client secret or access token of Google", S,
         AT + r"(AIza[0-9A-Za-z_-]{35}|GOCSPX-[0-9A-Za-z_-]{28}|ya29\.[0-9A-Za-z_-]{20,})",
         ("aiza", "gocspx-", "ya29.")),
    Rule(10, "slack_token", "token of Slack", S,
         AT + r"(xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,})",
         ("xox", "xapp-"), has_digit),
    Rule(11, "webhook", "webhook of Slack or Discord, whose address is its secret", S,
         r"https://(?:hooks\.slack\.com/(?:services|workflows)|discord(?:app)?\.com/api/webhooks)"
         r"/([A-Za-z0-9_/-]{20,})", ("hooks.slack.com", "/api/webhooks/")),
    Rule(12, "stripe_key", "key of Stripe", S,
         AT + r"((?:[rs]k_(?:live|test)|whsec)_[A-Za-z0-9]{20,})",
         ("k_live_", "k_test_", "whsec_")),
    Rule(13, "huggingface_token", "token of Hugging Face", S,
         AT + r"(hf_[A-Za-z0-9]{30,})\b", ("hf_",), is_random),
    Rule(14, "registry_token", "token of npm or PyPI", S,
         AT + r"(npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{50,})", ("npm_", "pypi-")),
    Rule(15, "model_key", "key of Groq, xAI, Perplexity, Replicate, Langfuse or LangSmith", S,
         AT + r"((?:gsk_|xai-|pplx-|r8_|lsv2_[a-z]{2}_)[A-Za-z0-9_]{30,}|pk-lf-[0-9a-f-]{36})",
         ("gsk_", "xai-", "pplx-", "r8_", "lsv2_", "pk-lf-"), is_random),
    Rule(16, "sendgrid_key", "key of SendGrid", S,
         AT + r"(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})", ("sg.",)),
    Rule(17, "telegram_token", "token of a bot of Telegram", S,
         AT + r"(\d{8,10}:AA[A-Za-z0-9_-]{33})\b", (":aa",)),
    Rule(18, "azure_key", "key of an Azure account, in a connection string", S,
         r"(?i)(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,}={0,2})", ("accountkey=", "sharedaccesskey=")),  # noqa: E501
    Rule(19, "agentscope_key", "key of AgentScope", S,
         AT + r"(as_[A-Za-z0-9_-]{43})\b", ("as_",), is_random),
    Rule(20, "url_password", "password in a URL", S,
         r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}:\\*/\\*/[^\s:/@\"'\\]{0,64}:([^\s:/@\"'\\]+)@",
         ("://", ":\\"), is_host_password),
    Rule(21, "bearer", "credentials in an Authorization header", S,
         r"\b(?i:bearer|basic|token) {1,3}([A-Za-z0-9._~+/=-]{20,})",
         ("bearer ", "basic ", "token "), is_random),
    Rule(22, "assigned_secret", "value of a field called password, secret, api_key and the like", S,
         r"(?i)" + NAMED + r"[\"']?\\?[\"']?\s{0,3}(?::|=>?)\s{0,3}\\?[\"']?(" + CHAR + r"{8,})",
         ("pass", "pwd", "secret", "key", "token"), is_password),
    Rule(23, "card_number", "number of a payment card", P,
         r"\b\d(?:[ -]?\d){12,18}\b", (), is_card),
    Rule(24, "iban", "bank account number (IBAN)", P,
         r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", (), is_iban),
    Rule(25, "us_ssn", "US social security number", P, r"\b\d{3}-\d{2}-\d{4}\b", ("-",), is_ssn),
    Rule(26, "email", "e-mail address", P,
         r"\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}\b",
         ("@",)),
    Rule(27, "phone", "phone number with its country", P,
         r"\+\d{1,3}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}\b", ("+",)),
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in RULES}
BY_NUMBER = {rule.number: rule for rule in RULES}

# Names of fields whose whole value is a secret, as `plain_name` writes them.
SECRET_NAMES = frozenset(
    "password passwd passphrase pwd secret clientsecret secretkey apikey xapikey authtoken"
    " accesstoken refreshtoken idtoken sessiontoken bearertoken privatekey accesskey"
    " secretaccesskey authorization proxyauthorization cookie setcookie connectionstring".split()
)
NAMED_SECRET = "named_secret"  # noqa: S105 — the code under which fields with these names go


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """The last part of a field's name as it is compared: `http.request.header.X-Api-Key`."""
    last = name.rpartition(".")[2]
    return last.replace("_", "").replace("-", "").replace(" ", "").lower()
