# SPDX-License-Identifier: MIT
"""Driver packages for tests: a folder with an INF and copies of the test driver."""
import os
import shutil

from kit import driver

CLASS = "{4d36e97d-e325-11ce-bfc1-08002be10318}"

TEMPLATE = """; made by a test
[Version]
Signature="$WINDOWS NT$"
Class={class_name}
ClassGuid={class_guid}
Provider=%Maker%
DriverVer={date},{version}
{version_more}
[DestinationDirs]
DefaultDestDir={dirid}

[SourceDisksNames]
1=%Disk%

[SourceDisksFiles]
{source_files}

[Manufacturer]
%Maker%=Models,NTamd64

[Models.NTamd64]
{models}

[Device.NT]
CopyFiles=Files
{install}

[Files]
{files}

{hw}
[Device.NT.Services]
{services}

[Service]
ServiceType=1
StartType=3
ErrorControl=1
ServiceBinary=%{dirid}%\\{name}.sys
{service}
{more}

[Strings]
Maker="Test Maker"
Disk="Disk"
Device="{description}"
"""


def package(folder, name, ids=("root\\{name}",), **fields):
    """Writes folder/NAME.inf and its files; answers the INF's path."""
    os.makedirs(folder, exist_ok=True)
    binaries = fields.pop("binaries", (name,))
    for binary in binaries:
        shutil.copy(driver("packaged"), os.path.join(folder, binary + ".sys"))
    values = dict(
        name=name, class_name="System", class_guid=CLASS, date="01/02/2026", version="1.0.0.0",
        dirid=13, description=name + " device", install="", hw="", more="", service="",
        version_more="", services=f"AddService={name},2,Service",
        models="\n".join(f"%Device%=Device,{id.format(name=name)}" for id in ids),
        files="\n".join(binary + ".sys" for binary in binaries),
        source_files="\n".join(binary + ".sys=1" for binary in binaries))
    values.update(fields)
    path = os.path.join(folder, name + ".inf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(TEMPLATE.format(**values))
    return path
