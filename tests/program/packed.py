# SPDX-License-Identifier: MIT
"""Makes the exception tables in clang's assembly text the packed ones of __CxxFrameHandler4.

    packed.py own|shared IN.s OUT.s

clang writes one plain set of tables for a function and all its catch blocks; packed tables
stand with each of these separately. `own`: a catch block's states are numbered anew, and it
answers an index of where to go on. `shared`: it uses the unwind and try maps of its function,
which lies in segments, and answers an address. Numbers that only the assembler knows, and every
fifth of the others, have five bytes; the others are as short as they can be.
"""
import re
import sys


def number(value):
    """The shortest form; every fifth number is written the long way."""
    number.count += 1
    if isinstance(value, str) or number.count % 5 == 0:
        return ["\t.byte\t15", f"\t.long\t{value}"]
    for more in range(4):
        if value < 1 << 7 * (more + 1):
            bits = value << (more + 1) | (1 << more) - 1
            return ["\t.byte\t" + ", ".join(str(bits >> 8 * i & 255) for i in range(more + 1))]
    return ["\t.byte\t15", f"\t.long\t{value}"]


number.count = 0


def size_of(lines):
    return sum(4 if ".long" in line else line.count(",") + 1 for line in lines)


def rva(label):
    return [f"\t.long\t{label}@IMGREL" if label != "0" else "\t.long\t0"]


class Tables:
    """The plain tables of one function."""

    def __init__(self, name, longs):
        self.name = name
        head = longs[f"$cppxdata${name}"]
        self.flags = int(head[9])
        unwind = longs.get(f"$stateUnwindMap${name}", [])
        self.unwind = [(int(unwind[i]), unwind[i + 1]) for i in range(0, len(unwind), 2)]
        self.tries = []
        tries = longs.get(f"$tryMap${name}", [])
        for i in range(0, len(tries), 5):
            caught = longs[tries[i + 4].strip('"')]
            catches = [caught[j:j + 5] for j in range(0, len(caught), 5)]
            self.tries.append((*map(int, tries[i:i + 3]), catches))
        states = longs.get(f"$ip2state${name}", [])
        self.states = [(states[i], int(states[i + 1])) for i in range(0, len(states), 2)]

    def catch_of(self, code):
        for block in self.tries:
            for catch in block[3]:
                if catch[3] == code:
                    return block, int(catch[4])
        return None, 0


def states_by_code(tables, codes):
    """Each piece of code's changes of state, from the one map clang wrote."""
    out, current = {}, None
    for place, state in tables.states:
        if place in codes or current is None:
            current = place
            out[current] = []
        out[current].append((place, state))
    return out


def packed(tables, code, begin, changes, mode):
    """The lines of one function's or catch block's tables."""
    block, frame_offset = tables.catch_of(code)
    first, last = (block[1] + 1, block[2]) if block else (0, len(tables.unwind) - 1)
    own = mode == "own" or not block
    tag = f"packed{packed.count}"
    packed.count += 1
    back_to = {}
    unwind, tries, after = [], [], []
    offsets = []
    span = range(first, last + 1) if own else range(len(tables.unwind))
    base = first if own else 0
    for state in span:
        to, action = tables.unwind[state]
        offsets.append(size_of(unwind))
        to -= base
        target = offsets[to] if to >= 0 else -1
        if action == "0":
            unwind += number((offsets[-1] - target) << 2)
        else:
            unwind += number((offsets[-1] - target) << 2 | 3) + rva(action)
    taken = [t for t in tables.tries
             if not own or not block or (t[0] > block[1] and t[2] <= block[2])]
    for index, (low, high, catch_high, catches) in enumerate(taken):
        tries += number(low - base) + number(high - base) + number(catch_high - base)
        tries += [f'\t.long\t"{tag}c{index}"@IMGREL']
        after += [f'"{tag}c{index}":'] + number(len(catches))
        for adjectives, kind, offset, handler, _ in catches:
            goes_on = tables.goes_on.get(handler, []) if mode == "own" else []
            flags = ((adjectives != "0") | (kind != "0") << 1 | (offset != "0") << 2
                     | len(goes_on) << 4 | (index % 2) << 3)
            after += [f"\t.byte\t{flags}"]
            after += number(int(adjectives)) if adjectives != "0" else []
            after += rva(kind) if kind != "0" else []
            after += number(int(offset)) if offset != "0" else []
            after += rva(handler)
            for place in goes_on:
                after += rva(place) if index % 2 else number(f"{place}-{begin}")
    lines = ['\t.section\t.xdata,"dr"', f'"{tag}":']
    segments = mode == "shared" and not tables.name.startswith("??")
    flags = (bool(block) | segments << 1 | (len(unwind) > 0) << 3 | (len(tries) > 0) << 4
             | (tables.flags & 1) << 5 | (tables.flags >> 2 & 1) << 6)
    lines += [f"\t.byte\t{flags}"]
    lines += [f'\t.long\t"{tag}u"@IMGREL'] if unwind else []
    lines += [f'\t.long\t"{tag}t"@IMGREL'] if tries else []
    lines += [f'\t.long\t"{tag}{"s" if segments else "i"}"@IMGREL']
    lines += number(frame_offset) if block else []
    if unwind and (own or tables.shared is None):
        tables.shared = None if own and block else tag
        lines += [f'"{tag}u":'] + number(len(span)) + unwind
    elif unwind:
        lines = [line.replace(f'"{tag}u"', f'"{tables.shared}u"') for line in lines]
    if tries:
        lines += [f'"{tag}t":'] + number(len(taken)) + tries + after
    if segments:
        lines += [f'"{tag}s":'] + number(2) + rva("0") + rva("0")
        lines += rva(begin) + [f'\t.long\t"{tag}i"@IMGREL']
    lines += [f'"{tag}i":'] + number(len(changes))
    before = begin
    for place, state in changes:
        state -= base
        lines += number(f"{place}-({before})") + number(max(state, -1) + 1)
        before = place
    return tag, lines + ["\t.text"]


packed.count = 0


def convert(mode, text):
    text = text.replace("__CxxFrameHandler3", "__CxxFrameHandler4")
    text = re.sub(r'(\t\.long\t)([^"\s(]+@@)@IMGREL', r'\1"\2"@IMGREL', text)
    lines = text.split("\n")
    longs, label, inside = {}, None, False
    for line in lines:
        if inside := inside and not re.match(r"\t\.(text|section)", line) or ".xdata" in line:
            if found := re.match(r'"?([^"\t]+)"?:', line):
                label = found[1]
                longs[label] = []
            elif found := re.match(r"\t\.long\t(\S+)", line):
                longs[label].append(re.sub(r"@IMGREL|[()]", "", found[1]))
    everything = {name[10:]: Tables(name[10:], longs) for name in longs
                  if name.startswith("$cppxdata$")}
    return "\n".join(rewrite(mode, lines, everything))


def rewrite(mode, lines, everything):
    # Code by function, and where its blocks go on: "leaq label(%rip), %rax" before CATCHRET.
    code, address, use = None, None, []
    for tables in everything.values():
        tables.goes_on, tables.shared, tables.codes = {}, None, []
    for at, line in enumerate(lines):
        if found := re.match(r"\.seh_proc (\S+)", line):
            code = found[1]
        elif found := re.match(r"\tleaq\t(\.LBB\w+)\(%rip\), %rax", line):
            address = (at, found[1])
        elif "# CATCHRET" in line:
            use.append((code, *address))
        elif found := re.match(r'\t\.long\t\("?\$cppxdata\$(.*?)"?\)@IMGREL', line):
            everything[found[1]].codes.append(code)
    for code, at, place in use:
        for tables in everything.values():
            if code in tables.codes:
                places = tables.goes_on.setdefault(code, [])
                if place not in places and len(places) < 2:
                    places.append(place)
                if mode == "own":
                    if place not in places:
                        raise SystemExit(f"{code}: more than two places to go on")
                    lines[at] = f"\tmovl\t${places.index(place)}, %eax"
    begins, local = {}, {}
    for at, line in enumerate(lines):
        if found := re.match(r"(\.Lfunc_begin\d+):", line):
            begins[re.match(r"\.seh_proc (\S+)", lines[at + 1])[1]] = found[1]
    out, inside, code = [], False, None
    for line in lines:
        if found := re.match(r"\.seh_proc (\S+)", line):
            code = found[1]
            if code not in begins: # only distances from a local label are numbers
                out.append(f".Lpacked_begin{len(out)}:")
                local[code] = out[-1][:-1]
        if found := re.match(r'\t\.long\t\("?\$cppxdata\$(.*?)"?\)@IMGREL', line):
            tables = everything[found[1]]
            begin = begins.get(code, code)
            changes = states_by_code(tables, tables.codes + list(begins.values()))
            changes = [(local.get(at, at), state) for at, state in changes.get(begin, [])]
            tag, made = packed(tables, code, local.get(begin, begin), changes, mode)
            out += [f'\t.long\t"{tag}"@IMGREL'] + made
            continue
        if re.match(r'"?\$cppxdata\$', line):
            inside = True # the plain tables go
        inside = inside and not re.match(r"\t\.(text|section)", line)
        if not inside:
            out.append(line)
    return out


def main():
    mode, source, target = sys.argv[1:]
    with open(source) as file:
        text = convert(mode, file.read())
    with open(target, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
