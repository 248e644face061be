#!/usr/bin/env bash
# Proves that the README's two commands do all their set-up: in a new Debian that holds nothing but
# python3 and python3-venv, in a fresh clone, as an ordinary user and as root.
#
#     packaging/prove_fresh_machine.sh [FOLDER] [--all]
#
# Needs root, debootstrap and 3 GB in FOLDER (a temporary one by default, removed at the end). With
# --all the whole test suite runs instead of a selection. The new system reaches packages as this
# one does: the sources of apt, the settings of pip and what they point to are lent to it.
set -euo pipefail

clone=$(cd "$(dirname "$0")/.." && pwd)
selection=(-q tests/unit/packaging tests/unit/app tests/e2e/test_window_xvfb.py)
without_qt='tests/unit/packaging tests/unit/app tests/e2e/test_translation.py tests/e2e/test_endings.py'
folder=''
for word; do
  case $word in
    --all) selection=() without_qt='' ;;
    *) folder=${folder:-$(realpath -m "$word")} ;;
  esac
done

# Mounts are seen by the inner script alone and end with it, so what is removed holds none.
if [ -z "${PROVING:-}" ]; then
  if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
  fi
  PROVING=1 unshare --mount --pid --fork --kill-child "$0" "$folder" "$@"
  exit
fi
mkdir -p "$folder"
root=$folder/system

say() { printf '\n== %s (after %s s)\n' "$1" "$SECONDS"; }
fail() { printf 'NOT PROVED: %s\n' "$1" >&2; exit 1; }

make_system() {
  local codename mirror
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $codename" 'Component: main')
  debootstrap --variant=minbase --include=python3,python3-venv "$codename" "$root" \
    "${mirror%%$'\n'*}" >"$folder/debootstrap.log"
}

lend() {  # PATH...: the same file or folder in the new system, read-only
  local path
  for path; do
    [ -e "$path" ] || continue
    if [ ! -e "$root$path" ]; then
      mkdir -p "$root$(dirname "$path")"
      if [ -d "$path" ]; then mkdir "$root$path"; else touch "$root$path"; fi
    fi
    mount --rbind "$path" "$root$path"
    mount -o remount,bind,ro "$root$path"
  done
}

# Files that the settings of pip name: certificates, folders of wheels.
named_by_pip() {
  { cat /etc/pip.conf /etc/xdg/pip/pip.conf "$HOME"/.config/pip/pip.conf "$HOME"/.pip/pip.conf
    env | grep '^PIP_'; } 2>/dev/null | grep -oE '(file://|= *|=)/[^ ]+' | sed 's#^[^/]*##; s#^//*#/#' |
    while read -r path; do  # an index may be a folder below the one with its files
      case $path in */simple) dirname "$path" ;; *) printf '%s\n' "$path" ;; esac
    done | sort -u
}

connect() {
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --rbind /sys "$root/sys"
  lend /etc/resolv.conf /etc/hosts /etc/apt /etc/pip.conf /etc/xdg/pip "$HOME/.config/pip" \
    "$HOME/.pip" /usr/share/keyrings
  # shellcheck disable=SC2046
  lend $(named_by_pip)
}

# Runs a shell line in the clone, in the new system: as whom, then the line.
within() {
  local who=$1 line=$2
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb HOME="$home" \
    $(env | grep -E '^(PIP_[A-Z_]+|[A-Za-z_]*(proxy|PROXY)|SSL_CERT_(FILE|DIR))=[^ ]*$') \
    chroot --userspec="$who" "$root" /bin/sh -c "cd /srv/studio && $line"
}

# STATUS WHO LINE WORDS...: the line ends with the status, and what it prints holds the words.
expect() {
  local status=$1 who=$2 line=$3 got=0
  shift 3
  printf '%s as %s\n' "$line" "${who%%:*}"
  within "$who" "$line" </dev/null >"$folder/said" 2>&1 || got=$?
  tail -n 12 "$folder/said" | sed 's/^/    /'
  [ "$got" = "$status" ] || { cp "$folder/said" "$folder/failed"; fail "it ended with $got, not $status"; }
  local words
  for words; do
    grep -qF -- "$words" "$folder/said" || fail "it did not say “$words”"
  done
}

lacks() {
  if chroot "$root" dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; then
    fail "$1 is installed"
  fi
}

home=$HOME
say 'A new Debian with python3 and python3-venv'
make_system
connect
git clone --quiet --no-hardlinks "$clone" "$root/srv/studio"
for package in xvfb libgl1 libegl1 libxcb-cursor0 git; do lacks "$package"; done

say 'An ordinary user, without the libraries of Qt: what draws is left out, the rest runs'
user=1000:1000
chown -R "$user" "$root/srv/studio"
mkdir -p "$root$home" && chmod o+x "$root$home"
expect 0 "$user" "HOME=/srv/studio python3 main.py test -q $without_qt" \
  'LatentStudio is set up' 'Tests of the window will not run (tests/ui, ' \
  'sudo apt install libegl1' ' passed'
expect 2 "$user" 'HOME=/srv/studio CI=true python3 main.py test -q' 'The tests need libEGL.so.1'
lacks libegl1

say 'Root without a network: the same, with what apt-get said'
chown -R 0:0 "$root/srv/studio"
no_network() { unshare --net chroot "$root" /bin/sh -c "cd /srv/studio && $1"; }
no_network 'CI=true python3 main.py test -q' >"$folder/said" 2>&1 && fail 'it ended well'
grep -F 'apt-get could not install packages' "$folder/said" || fail 'it did not say why'
lacks xvfb

say 'Root: the test command of the README installs what lacks, and every test runs'
expect 0 0:0 "CI=true python3 main.py test ${selection[*]-}" 'Installed ' ' passed'
! grep -E 'deselected|skipped|failed' "$folder/said" || fail 'a test did not run'

say 'The main command: the tour, as there is no screen'
expect 0 0:0 'python3 main.py' 'No screen here: running the tour instead.'
[ -s "$root/srv/studio/tour/index.html" ] || fail 'there is no tour/index.html'

say 'The main command with a screen (Qt draws to memory): what Qt lacks is installed'
chroot "$root" apt-get -qq remove -y libegl1 >/dev/null
expect 124 0:0 'QT_QPA_PLATFORM=offscreen timeout 100 python3 main.py' 'Installed libegl1'

say 'Without a virtual screen: the tests of a real window are left out and said so; in CI that is an error'
chroot "$root" apt-get -qq remove -y xvfb >/dev/null
chown -R "$user" "$root/srv/studio"
few='tests/unit/packaging/test_stamp.py tests/e2e/test_window_xvfb.py'
expect 0 "$user" "HOME=/srv/studio python3 main.py test -q $few" \
  'tests of a real window will not run (tests/e2e/test_window_xvfb.py)' 'sudo apt install xvfb' \
  ' deselected'
expect 2 "$user" "HOME=/srv/studio CI=true python3 main.py test -q $few" 'The tests need Xvfb'

say 'Proved'
