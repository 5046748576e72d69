# Part of pipRepair.sh: a program that any Python 3 runs on the packages of another. It prints them as requirements, with
# the address of those that were installed from one, but for pip.
# shellcheck disable=SC2034 # used there
list_packages='
import glob, json, os, sys
from email.parser import HeaderParser

def requirement(info):
    with open(os.path.join(info, "METADATA"), encoding="utf-8", errors="replace") as file:
        headers = HeaderParser().parse(file)
    try:
        with open(os.path.join(info, "direct_url.json"), encoding="utf-8") as file:
            origin = json.load(file)
    except OSError:
        return headers["Name"] + "==" + headers["Version"]
    repository = origin.get("vcs_info")
    if repository:
        address = repository["vcs"] + "+" + origin["url"] + "@" + repository["commit_id"]
    else:
        address = origin["url"]
    return headers["Name"] + " @ " + address

for info in sorted(glob.glob(os.path.join(glob.escape(sys.argv[1]), "*.dist-info"))):
    line = requirement(info)
    if not line.startswith("pip=="):
        print(line)
'
