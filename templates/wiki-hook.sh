#!/bin/sh
# Runs omx-wiki for a coding agent's hook; `wiki setup` writes this file, `wiki uninstall` removes it.
# It exits 0 whatever happens: the exit code 2 would tell the agent to block or to repeat its turn.
# Only a program of yours that stands after --then answers for itself; it gets what the agent passed.
# A closed terminal and an interrupt end the agent; its last event is still handed over.
trap '' HUP INT
if [ -x @PYTHON@ ] && [ -f @ROOT@/omx_wiki/hook/main.py ]; then
    start='import sys; sys.path.insert(0, sys.argv.pop(1)); import omx_wiki; del sys.path[0]; from omx_wiki.hook.main import main; main()'
    [ "$1" != host ] || exec @PYTHON@ -I -S -c "$start" @ROOT@ --wiki @WIKI@ "$@" 2>/dev/null
    @PYTHON@ -I -S -c "$start" @ROOT@ --wiki @WIKI@ --parent "$PPID" "$@" 2>/dev/null
else
    # This installation is gone: take the event, so that the agent can write it, and say nothing.
    case "$*" in *'}') ;; *) cat >/dev/null 2>&1 ;; esac
fi
while [ $# -gt 0 ]; do
    word=$1
    shift
    if [ "$word" = --then ] && [ $# -gt 0 ]; then trap - HUP INT && exec "$@"; fi
done
exit 0
