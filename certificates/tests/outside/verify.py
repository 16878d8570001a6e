"""Judges certificates by libraries that we did not write: rfc8785 and PyNaCl for the JSON form, cwt for QR codes, and
pypdfium2 and zxing-cpp for PDFs, which are drawn as a reader shows them.

    python verify.py DIRECTORY
"""

import base64
import hashlib
import json
import sys
import urllib.parse
import zlib
from pathlib import Path

import cwt
import nacl.exceptions
import nacl.signing
import pypdfium2
import rfc8785
import zxingcpp

DIRECTORY = Path(sys.argv[1])
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
MULTICODEC = b"\xed\x01"
PDFS = 200
MUTATIONS = 50
PAGE = "https://cowin.example/verify#"
DOTS_PER_INCH = 110  # A screen's; a printer has three times as many and more.


def base58(text, length):
    number = 0
    for character in text:
        number = number * 58 + BASE58.index(character)
    return number.to_bytes(length, "big")


def base45(text):
    data = bytearray()
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        number = sum(BASE45.index(character) * 45**place for place, character in enumerate(group))
        data += number.to_bytes(len(group) - 1, "big")
    return bytes(data)


def public_key(method):
    data = base58(method["publicKeyMultibase"][1:], 34)
    assert data[:2] == MULTICODEC
    return data[2:]


def is_genuine(certificate, keys):
    """eddsa-jcs-2022, 3.3.2: the hash of the proof's options, then that of the document without its proof."""
    proof = certificate.pop("proof")
    value = base58(proof.pop("proofValue")[1:], 64)
    hashes = [hashlib.sha256(rfc8785.dumps(part)).digest() for part in (proof, certificate)]
    try:
        nacl.signing.VerifyKey(keys[proof["verificationMethod"]]).verify(b"".join(hashes), value)
    except (KeyError, nacl.exceptions.BadSignatureError):
        return False
    return True


def is_token(token, keys):
    try:
        cwt.decode(token, keys)
    except Exception:  # Whatever the library says of it, it does not accept it.
        return False
    return True


def contents(path):
    """What a PDF's readers get: the texts of the codes that a camera sees on its page, and the attached file."""
    pdf = pypdfium2.PdfDocument(path)
    assert len(pdf) == 1 and pdf.count_attachments() == 1
    picture = pdf[0].render(scale=DOTS_PER_INCH / 72).to_pil().convert("L")
    return [code.text for code in zxingcpp.read_barcodes(picture)], bytes(pdf.get_attachment(0).get_data())


def is_issued(number, certificate, code):
    """Whether the PDF holds this certificate, and on its page a web address that leads to this code."""
    texts, attached = contents(DIRECTORY / f"{number}.pdf")
    if attached != certificate.encode() or len(texts) != 1 or not texts[0].startswith(PAGE):
        return False
    address = urllib.parse.urlsplit(texts[0])
    return urllib.parse.unquote(address.fragment) == code and set(address.fragment) <= set(BASE45) - {" "}


def lines(name):
    # Nothing but a line feed ends a line: names hold all other separators.
    return (DIRECTORY / name).read_text(encoding="utf-8").rstrip("\n").split("\n")


def main():
    did = json.loads((DIRECTORY / "did.json").read_text())
    certifying = {
        method["id"]: public_key(method)
        for method in did["verificationMethod"]
        if method["id"] in did["assertionMethod"] and method["purpose"] == "certificates"
    }
    wrong = []
    certificates = lines("certificates.jsonl")
    wrong += [f"certificate {n}" for n, line in enumerate(certificates) if not is_genuine(json.loads(line), certifying)]
    mutations = lines("mutations.jsonl")
    wrong += [f"mutation {n}" for n, line in enumerate(mutations) if is_genuine(json.loads(line), certifying)]

    keys = []
    for method, key in certifying.items():
        thumbprint = base64.urlsafe_b64decode(method.split("#")[1] + "=")
        keys.append(cwt.COSEKey.new({1: 1, 2: thumbprint[:8], 3: -8, 4: [2], -1: 6, -2: key}))
    codes = lines("codes.txt")
    tokens = [zlib.decompress(base45(code.removeprefix("OCW1:"))) for code in codes]
    wrong += [f"code {n}" for n, token in enumerate(tokens) if not is_token(token, keys)]
    wrong += [f"PDF {n}" for n in range(PDFS) if not is_issued(n, certificates[n], codes[n])]
    for n in range(MUTATIONS):
        token = bytearray(tokens[n])
        token[len(token) * (n + 1) // (MUTATIONS + 1)] ^= 1
        wrong += [f"changed code {n}"] if is_token(bytes(token), keys) else []

    print(
        f"rfc8785 and PyNaCl: {len(certificates)} certificates, {len(mutations)} mutations; "
        f"cwt: {len(codes)} codes, {MUTATIONS} mutations; pypdfium2 and zxing-cpp: {PDFS} PDFs; {len(wrong)} wrong"
    )
    sys.exit("\n".join(wrong[:10]) or 0)


main()
