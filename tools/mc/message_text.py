# SPDX-License-Identifier: MIT
"""Reads a message text file.

In comes a .mc file: a header section that names severities, facilities and languages, then
messages, each with its keywords and texts that end with a line of one dot. Out come numbers
(severity in bits 30 and 31, facility in 16 to 27, code below) and texts by language.
Doc: "Message Text Files".
"""
import re

KEYWORD = re.compile(r"([A-Za-z]+)\s*=\s*(\([^)]*\)|\S*)")
NAMES = re.compile(r"(\w+)\s*=\s*(0[xX][0-9a-fA-F]+|\d+)(?:\s*:\s*(\w+))?")


class McError(Exception):
    """Something in the file cannot be understood; the text says what and where."""


class Message:
    def __init__(self):
        self.code = self.symbol = None
        self.severity = self.facility = None
        self.cast = ""
        self.texts = {}
        self.comment = []


class MessageFile:
    def __init__(self, path):
        self.path = path
        self.cast = ""
        self.severities = {"Success": (0, None), "Informational": (1, None), "Warning": (2, None),
                           "Error": (3, None)}
        self.facilities = {"System": (0xff, None), "Application": (0xfff, None)}
        self.languages = {"English": 0x409}
        self.files = {}
        self.items = []  # messages, and comments as text
        with open(path, "rb") as file:
            data = file.read()
        is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        self.lines = data.decode("utf-16" if is_wide else "utf-8-sig", "replace").splitlines()
        self.read()

    def fail(self, number, text):
        raise McError(f"{self.path}:{number}: {text}")

    def read(self):
        at, message = 0, None
        last = {"code": 0, "severity": "Success", "facility": "Application"}
        while at < len(self.lines):
            line = self.lines[at].strip()
            at += 1
            if line.startswith(";"):
                self.items.append(line[1:])
                continue
            if re.match(r"\w+\s*=\s*\(", line):
                while ")" not in line and at < len(self.lines):
                    line += " " + self.lines[at].strip()
                    at += 1
            for key, value in KEYWORD.findall(line):
                key = key.lower()
                if key == "messageid":
                    message = Message()
                    self.items.append(message)
                    message.severity, message.facility = last["severity"], last["facility"]
                    message.code = self.code_of(value, last["code"], at)
                    last["code"] = message.code
                elif key == "language" and message is not None:
                    at = self.text_read(message, value, at)
                else:
                    self.keyword(key, value, message, last, at)

    def code_of(self, value, previous, number):
        try:
            if value.startswith("+"):
                return previous + int(value[1:] or "1", 0)
            return int(value, 0) if value else previous + 1
        except ValueError:
            return self.fail(number, f"MessageId={value} is no number")

    def keyword(self, key, value, message, last, number):
        tables = {"severitynames": self.severities, "facilitynames": self.facilities}
        if key == "messageidtypedef":
            self.cast = value
        elif key in tables:
            for name, code, symbol in NAMES.findall(value):
                tables[key][name] = (int(code, 0), symbol or None)
        elif key == "languagenames":
            for name, code, file in NAMES.findall(value):
                self.languages[name] = int(code, 0)
                self.files[name] = file
        elif message is not None and key == "symbolicname":
            message.symbol = value
        elif message is not None and key in ("severity", "facility"):
            table = self.severities if key == "severity" else self.facilities
            if value not in table:
                self.fail(number, f"{key} {value} is not named in the header")
            setattr(message, key, value)
            last[key] = value
        elif key not in ("outputbase", "messageidtypedefmacro"):
            self.fail(number, f"{key} is not understood here")

    def text_read(self, message, language, at):
        if language not in self.languages:
            self.fail(at, f"language {language} is not named in the header")
        start = at
        while at < len(self.lines) and self.lines[at].rstrip() != ".":
            at += 1
        if at == len(self.lines):
            self.fail(start, "a text does not end: a line of one dot is missing")
        message.texts[language] = "".join(line.rstrip() + "\r\n" for line in self.lines[start:at])
        return at + 1

    def number(self, message):
        return (self.severities[message.severity][0] << 30 |
                self.facilities[message.facility][0] << 16 | message.code) & 0xffffffff

    def texts(self, language):
        return {self.number(m): m.texts[language] for m in self.items
                if isinstance(m, Message) and language in m.texts}

    def header_text(self):
        lines = []
        named = [("FACILITY", self.facilities), ("SEVERITY", self.severities)]
        for _, table in named:
            lines += [f"#define {symbol} 0x{code:X}" for code, symbol in table.values() if symbol]
        for item in self.items:
            if isinstance(item, str):
                lines.append(item)
            elif item.symbol:
                cast = f"({self.cast})" if self.cast else ""
                text = next(iter(item.texts.values()), "").split("\r\n")[0].replace("*/", "* /")
                lines += [f"/* {text} */" if text else "",
                          f"#define {item.symbol} ({cast}0x{self.number(item):08X}L)"]
        return "\n".join(["/* Made by `cove mc`; not to be edited. */"] + lines) + "\n"
