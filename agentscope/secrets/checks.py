"""What tells a number or a key from what only looks like one."""

from __future__ import annotations

import re

DIGITS, LETTERS, GROUP = re.compile("[0-9]"), re.compile("[A-Za-z]"), re.compile("[ -]")
BETWEEN, LONG_PIECE = re.compile("[^A-Za-z0-9]"), 6  # characters
SEVERAL = 2  # kinds of characters in what a program made up
# Lengths by country, ISO 13616, as SWIFT's registry lists them.
IBAN_LENGTHS = {
    each[:2]: int(each[2:])
    for each in (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18"
        " DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23"
        " IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19"
        " MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24"
        " SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
    ).split()
}
# First digits and lengths of payment cards: ISO/IEC 7812 as the networks publish their ranges.
CARDS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
)
NO_AREA = frozenset(("000", "666"))  # of social security numbers; nor any from 900 on


def is_card(text: str) -> bool:
    """Whether a number is in a range of cards and its check digit is right (Luhn, ISO/IEC 7812-1).
    One in ten numbers of that range is."""
    digits = GROUP.sub("", text)
    return bool(CARDS.fullmatch(digits)) and luhn(digits) and len(set(digits)) > 1


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether an account number has the length of its country and checks: ISO 13616, ISO 7064."""
    said = text.replace(" ", "")
    if len(said) != IBAN_LENGTHS.get(said[:2]):
        return False
    turned = said[4:] + said[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def is_ssn(text: str) -> bool:
    """Whether the parts of a US social security number can be: none is zero, and its area is one
    that is given out (ssa.gov/employer/randomization.html)."""
    area, group, serial = text.split("-")
    return area not in NO_AREA and area < "900" and group != "00" and serial != "0000"


def is_random(text: str) -> bool:
    """Whether a key looks made by a program: a piece of it between hyphens and the like has letters
    and digits, and is longer than what people call versions."""
    return any(
        len(piece) >= LONG_PIECE and has_digit(piece) and LETTERS.search(piece)
        for piece in BETWEEN.split(text)
    )


def has_digit(text: str) -> bool:
    """Whether there is any digit."""
    return bool(DIGITS.search(text))


def is_password(text: str) -> bool:
    """Whether what is assigned to a password can be one: no name of a variable, no placeholder."""
    told = text.lower()
    if told.startswith(("$", "{", "<", "%", "*", "process.env", "os.environ", "your", "xxx")):
        return False
    if "(" in told or told in NO_PASSWORDS or len(set(told)) <= SEVERAL:
        return False
    return has_digit(text) or not text.replace("_", "").replace(".", "").isalpha()


NO_PASSWORDS = frozenset("undefined required optional redacted password changeme".split())


def is_host_password(text: str) -> bool:
    """Whether what stands between user and host of a URL can be a password."""
    return not text.startswith(("$", "{", "<", "*")) and len(set(text)) > 1
