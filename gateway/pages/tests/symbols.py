"""Writes symbols.json: a QR code of each of the 40 versions, made by an encoder that we did not write (segno).

    python3 symbols.py > symbols.json

Levels, masks and kinds of text take turns. Modules stand row by row, eight to a byte, in base64.
"""

import base64
import json

import segno

TEXTS = {
    "numeric": lambda length: "31415926535897932384626433832795" * 250,
    "alphanumeric": lambda length: "OCW1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 O5 N2FBBRW1*70HS8" * 90,
    "byte": lambda length: "https://cowin.example/verify#सुनीता-देवी-" * 75,
}


def longest(kind, version, level):
    """The longest beginning of the kind's text that fits."""
    text = TEXTS[kind](0)
    least, most = 1, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        try:
            make(text[:middle], kind, version, level, 0)
            least = middle
        except segno.DataOverflowError:
            most = middle - 1
    return text[:least]


def make(text, kind, version, level, mask):
    encoding = "utf-8" if kind == "byte" else None
    return segno.make_qr(text, version=version, error=level, mask=mask, mode=kind, encoding=encoding, boost_error=False)


def symbol(version):
    kind = list(TEXTS)[version % 3]
    level = "LMQH"[version % 4]
    mask = version % 8
    text = longest(kind, version, level)
    bits = "".join(str(min(module, 1)) for row in make(text, kind, version, level, mask).matrix for module in row)
    bits = bits.ljust(-len(bits) // 8 * -8, "0")
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return {"version": version, "level": level, "mask": mask, "text": text, "modules": base64.b64encode(packed).decode()}


symbols = ",\n".join(json.dumps(symbol(version), ensure_ascii=False) for version in range(1, 41))
print(f"[\n{symbols}\n]")
