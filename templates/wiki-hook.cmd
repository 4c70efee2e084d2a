@echo off
rem Runs omx-wiki for a coding agent's hook on Windows; not yet verified on a Windows machine.
"@PYTHON@" -I -S -c "import sys; sys.path.insert(0, sys.argv.pop(1)); import omx_wiki; del sys.path[0]; from omx_wiki.hook.main import main; main()" "@ROOT@" --wiki "@WIKI@" %* 2>nul
exit /b 0
