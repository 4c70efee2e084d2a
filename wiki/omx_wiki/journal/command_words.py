"""The programs and task names by which a command's kind of work is known."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEST_PROGRAMS = _words(
    """
    ava bats behave busted cargo-nextest ctest cypress ginkgo gotestsum jest karma minitest mocha
    nose2 nox pest phpunit playwright py.test pytest rspec run_tests.sh runtests.py test.sh tox
    unittest vitest
    """
)
LINT_PROGRAMS = _words(
    """
    actionlint bandit basedpyright biome black cargo-clippy clang-format clang-tidy codespell eslint
    flake8 gofmt golangci-lint hadolint isort ktlint luacheck markdownlint markdownlint-cli2 mypy
    oxlint pre-commit prek prettier pylint pyright rubocop ruff rustfmt shellcheck shfmt sqlfluff
    staticcheck stylelint swiftformat swiftlint ty typos vue-tsc vulture yamllint
    """
)
BUILD_PROGRAMS = _words(
    """
    bazel build cc clang clang++ cmake esbuild g++ gcc gmake hugo javac make meson mkdocs msbuild
    ninja parcel pyinstaller rollup rustc sphinx-build swc tsc vite webpack xcodebuild
    """
)
GIT_PROGRAMS = _words(
    """
    gh git glab hub jj tig
    """
)
TASK_RUNNERS = _words(
    """
    bazel bun cabal cargo composer deno docker dotnet gmake go gradle gradlew hatch inv invoke just
    lein make manage.py mix mvn mvnw npm nx pnpm podman rake sbt setup.py stack swift task turbo
    yarn zig
    """
)
TEST_TASKS = _words(
    """
    check-tests coverage e2e nextest spec test tests unittest verify
    """
)
LINT_TASKS = _words(
    """
    check-format checkstyle clippy fmt format lint style type-check typecheck types vet
    """
)
BUILD_TASKS = _words(
    """
    assemble bdist_wheel build buildx bundle compile dist package sdist
    """
)
FILTERS = _words(
    """
    awk cat cut egrep grep head less more rg sed sort tail tee uniq wc
    """
)
PAGE_READERS = _words(
    """
    awk bat batcat cat cut egrep gawk gc get-content grep head less more nl rg sed tail type
    """
)
PREFIXES = _words(
    """
    ! bunx command do env exec if nice nohup npx stdbuf sudo then time xvfb-run
    """
)
PREFIX_PAIRS = frozenset(
    {
        ("uv", "run"),
        ("poetry", "run"),
        ("pipenv", "run"),
        ("pdm", "run"),
        ("rye", "run"),
        ("hatch", "run"),
        ("pixi", "run"),
        ("bundle", "exec"),
        ("pnpm", "exec"),
        ("yarn", "exec"),
        ("npm", "exec"),
        ("mise", "exec"),
        ("coverage", "run"),
    }
)
