#!/bin/sh
# Runs omx-wiki for a coding agent's hook; `wiki setup` writes this file, `wiki uninstall` removes it.
# It exits 0 whatever happens: the exit code 2 would tell the agent to block or to repeat its turn.
if [ -x @PYTHON@ ] && [ -f @ROOT@/omx_wiki/hook/main.py ]; then
    @PYTHON@ -I -S -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); import omx_wiki; del sys.path[0]; from omx_wiki.hook.main import main; main()' @ROOT@ --wiki @WIKI@ "$@" 2>/dev/null
    exit 0
fi
# This installation is gone: take the event, so that the agent can write it, and say nothing.
cat >/dev/null 2>&1
exit 0
