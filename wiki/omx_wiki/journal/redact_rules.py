"""The rule table: secrets that are known by their own shape, one row per kind.

A row costs one substring search per literal on text that does not contain it;
its pattern is compiled at the first hit.
Rows are tried in order, and where two match the same characters the earlier names the kind.
Shapes come from the vendors' documentation and from the rule sets of the public secret scanners.
"""

# ruff: noqa: PLR2004 - lengths are what this file is about, each stands once where it decides
from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.journal.redact_values import is_real_token, looks_random

if TYPE_CHECKING:
    from collections.abc import Callable

# A short prefix counts only where a word can begin: also after an escape (`\n`, `%3D`) or a terminal colour.
WORD_START = (
    r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrtbf])|(?<=%[0-9A-F]{2})|(?<=\\u00[0-9a-f]{2})"
    r"|(?<=\x1b\[\dm)|(?<=\x1b\[\d\dm)|(?<=--))"
)
_WORD = r"[A-Za-z0-9]"
_URL_SAFE = r"[A-Za-z0-9_-]"


class Rule(NamedTuple):
    """One kind of secret: where to look (`literals`), what it looks like, and an optional test of the match.

    The pattern is matched at each occurrence of a literal; with `anchored` false it is searched for in the
    whole text once any literal occurs. A group named `s` marks what to replace, else it is the whole match.
    """

    kind: str
    literals: tuple[str, ...]
    pattern: str
    accept: Callable[[str], bool] = is_real_token
    anchored: bool = True


def _token(kind: str, prefixes: str, body: str) -> Rule:
    """Build a row for tokens that start with one of the space-separated, distinctive prefixes."""
    literals = tuple(prefixes.split())
    return Rule(kind, literals, f"(?:{'|'.join(map(re.escape, literals))}){body}")


def _short(kind: str, prefixes: str, body: str, accept: Callable[[str], bool] = is_real_token) -> Rule:
    """Build a row like `_token` for prefixes so short that they must begin a word."""
    literals = tuple(prefixes.split())
    pattern = f"{WORD_START}(?:{'|'.join(map(re.escape, literals))}){body}"
    return Rule(kind, literals, pattern, accept)


def _is_sk_key(value: str) -> bool:
    body = value.removeprefix("sk-").rstrip(".-_")
    return is_real_token(value) and (
        (len(body) >= 40 and body.isalnum()) or (any(c.isdigit() for c in body) and looks_random(body, 16))
    )


def _is_discord_token(value: str) -> bool:
    head = value.partition(".")[0]
    try:
        return base64.b64decode(head + "=" * (-len(head) % 4)).isdigit()
    except binascii.Error:
        return False


def _is_private_base64(value: str) -> bool:
    return b"PRIVATE" in base64.b64decode(value[:48] + "=" * (-len(value[:48]) % 4))


def _is_mixed(value: str) -> bool:
    kinds = [str.isupper, str.islower, str.isdigit]
    return is_real_token(value) and all(any(map(kind, value)) for kind in kinds)


def _has_digit_and_letter(value: str) -> bool:
    body = value.partition("_")[2]
    return is_real_token(value) and any(map(str.isdigit, body)) and any(map(str.isalpha, body))


_HEX = "[0-9a-f]"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

RULES: tuple[Rule, ...] = (
    # Models
    _token("anthropic-key", "sk-ant-", rf"{_URL_SAFE}{{16,}}"),
    _token("openrouter-key", "sk-or-", rf"{_URL_SAFE}{{20,}}"),
    _short("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None-", r"[A-Za-z0-9_.-]{18,}[A-Za-z0-9_-]"),
    _short("openai-key", "sk-", r"[A-Za-z0-9_.-]{14,300}[A-Za-z0-9_-]", _is_sk_key),
    _short("openai-session", "sess-", r"[A-Za-z0-9]{40}"),
    _short("groq-key", "gsk_", rf"{_WORD}{{40,}}"),
    _short("huggingface-token", "hf_", rf"{_WORD}{{30,60}}(?!\w)"),
    _token("huggingface-token", "api_org_", rf"{_WORD}{{34}}(?!\w)"),
    _short("replicate-token", "r8_", rf"{_WORD}{{37,40}}(?!\w)"),
    _short("perplexity-key", "pplx-", rf"{_WORD}{{40,}}"),
    _short("xai-key", "xai-", rf"{_WORD}{{60,}}"),
    _short("fireworks-key", "fw_", rf"{_WORD}{{22,40}}(?!\w)", _is_mixed),
    _short("langsmith-key", "lsv2_", r"(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    _short("tavily-key", "tvly-", rf"{_URL_SAFE}{{28,}}"),
    _short("pinecone-key", "pcsk_", r"\w{50,}"),
    _short("wandb-key", "wandb_v1_", r"\w{40,}"),
    # Clouds
    _short(
        "aws-access-key",
        "AKIA ASIA ABIA ACCA A3T",
        r"[A-Z0-9]{13,17}(?![A-Za-z0-9_])",
        lambda value: len(value) in {20, 21} and is_real_token(value),
    ),
    _short("aws-bedrock-key", "ABSK", r"[A-Za-z0-9+/]{100,}={0,2}"),
    _token("aws-bedrock-key", "bedrock-api-key-", r"[A-Za-z0-9+/=]{40,}"),
    _short("gcp-api-key", "AIza", rf"{_URL_SAFE}{{35}}"),
    _token("gcp-oauth-secret", "GOCSPX-", rf"{_URL_SAFE}{{24,32}}"),
    _short("gcp-access-token", "ya29.", rf"{_URL_SAFE}{{20,}}(?:\.{_URL_SAFE}+)*"),
    _short("gcp-refresh-token", "1//0", rf"{_URL_SAFE}{{30,}}"),
    Rule("firebase-server-key", ("AAAA",), WORD_START + rf"AAAA{_URL_SAFE}{{7}}:{_URL_SAFE}{{100,160}}"),
    Rule(
        "azure-client-secret",
        ("Q~",),
        r"(?:(?<![\w.~-])|(?<=\\[nrt]))[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w~-])",
        anchored=False,
    ),
    Rule(
        "azure-key",
        ("AccountKey=", "SharedAccessKey=", "AccessKey="),
        r"\w+=(?P<s>[A-Za-z0-9+/]{27,88}={0,2})",
    ),
    Rule("azure-sas", ("sig=",), r"(?<=[?&;])sig=(?P<s>[A-Za-z0-9%+/=_-]{30,120})"),
    Rule(
        "azure-devops-token", ("AZDO",), WORD_START + rf"{_WORD}{{76}}AZDO{_WORD}{{4}}(?!\w)", anchored=False
    ),
    Rule("azure-key", ("JQQJ99",), WORD_START + rf"{_WORD}{{52}}JQQJ99{_WORD}{{26}}(?!\w)", anchored=False),
    _short("alibaba-key", "LTAI", rf"{_WORD}{{12,24}}(?!\w)", _is_mixed),
    _short("tencent-key", "AKID", rf"{_WORD}{{32}}(?!\w)"),
    _short("yandex-token", "AQVN y0_ t1.", r"[A-Za-z0-9_=-]{35,}"),
    _token("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", rf"{_HEX}{{64}}"),
    _token("cloudflare-key", "v1.0-", rf"{_HEX}{{24}}-{_HEX}{{100,146}}"),
    _token("cloudflare-token", "cfut_ cfat_ cfk_", rf"{_WORD}{{40,}}"),
    _token("fly-token", "FlyV1 fo1_ fm1a_ fm1r_ fm2_", r" ?[A-Za-z0-9+/=_,-]{40,}"),
    _token("heroku-key", "HRKU-", rf"{_URL_SAFE}{{36,}}"),
    _token("netlify-token", "nfp_ nfc_ nfo_", rf"{_WORD}{{36,}}"),
    _token("vercel-token", "vcp_ vci_ vca_ vcr_ vercel_blob_rw_", r"\w{24,}"),
    _token("supabase-key", "sbp_ sb_secret_", r"[A-Za-z0-9_-]{30,}"),
    _token("planetscale-token", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[\w.=-]{30,}"),
    _short("databricks-token", "dapi dose dkea", rf"{_HEX}{{32}}(?:-\d)?(?!\w)"),
    _token("pulumi-token", "pul-", rf"{_HEX}{{40}}(?!\w)"),
    Rule(
        "terraform-token",
        (".atlasv1.",),
        WORD_START + rf"{_WORD}{{14}}\.atlasv1\.[\w=-]{{58,80}}",
        anchored=False,
    ),
    _token("vault-token", "hvs. hvb. hvr.", rf"{_URL_SAFE}{{20,}}"),
    _short("vault-token", "s.", rf"{_WORD}{{24}}(?![\w.(])", _is_mixed),
    _token(
        "doppler-token",
        "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.",
        r"(?:[\w-]{2,40}\.)?[A-Za-z0-9]{38,}",
    ),
    _short("openshift-token", "sha256~", rf"{_URL_SAFE}{{43}}(?![\w-])"),
    _token("tailscale-key", "tskey-", r"[a-z]+-\w+-\w{16,}|(?<=tskey-)\w{20,}"),
    _short("dynatrace-token", "dt0c01. dt0s01. dt0s16.", r"[A-Z0-9]{8,24}\.[A-Z0-9]{64}"),
    # Code hosts and packages
    _token("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", rf"{_WORD}{{30,255}}"),
    _token("github-token", "github_pat_", r"\w{40,255}"),
    _token(
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- glwt- "
        "GR1348941",
        r"[\w=.-]{18,}[\w=-]",
    ),
    _short("bitbucket-token", "ATBB", rf"{_WORD}{{24,}}=?(?:[0-9A-F]{{8}})?", _is_mixed),
    _token("atlassian-token", "ATATT3 ATCTT3", r"[A-Za-z0-9_=-]{50,}"),
    _short("npm-token", "npm_", rf"{_WORD}{{36}}(?!\w)"),
    _token("pypi-token", "pypi-A", rf"{_URL_SAFE}{{50,}}"),
    _token("rubygems-key", "rubygems_", rf"{_HEX}{{40,}}"),
    _short("crates-token", "cio", rf"{_WORD}{{32}}(?!\w)", _is_mixed),
    _short("nuget-key", "oy2", r"[a-z0-9]{43}(?!\w)"),
    _token("clojars-token", "CLOJARS_", r"[A-Za-z0-9]{60}"),
    _token("docker-token", "dckr_pat_ dckr_oat_", rf"{_URL_SAFE}{{20,}}"),
    _short("artifactory-key", "AKCp", rf"{_WORD}{{60,}}"),
    _short("artifactory-key", "cmVmdGtu", rf"{_WORD}{{40,}}"),
    _token("sonar-token", "sqp_ squ_ sqa_", rf"{_HEX}{{40}}"),
    _token("sourcegraph-token", "sgp_ slk_", rf"(?:{_WORD}{{1,24}}_)?{_HEX}{{40,}}"),
    _token("circleci-token", "CCIPAT_ CCIPRJ_", r"\w{30,}"),
    _token("buildkite-token", "bkua_ bkct_", r"[A-Za-z0-9]{32,}"),
    # Chat, mail, telephony
    _token(
        "slack-token", "xoxb- xoxp- xoxa- xoxo- xoxr- xoxs- xoxe- xoxc- xoxd- xapp-", r"[A-Za-z0-9%-]{15,}"
    ),
    _token("slack-token", "xoxe.", r"xox[bp]-[A-Za-z0-9-]{20,}"),
    Rule(
        "slack-webhook",
        ("hooks.slack.com/",),
        r"hooks\.slack\.com/(?P<s>(?:services|workflows|triggers)/[A-Za-z0-9/_]{20,})",
    ),
    Rule(
        "discord-webhook",
        ("/api/webhooks/", "/api/v"),
        r"/api/(?:v\d+/)?webhooks/(?P<s>\d{15,22}/[\w-]{40,})",
    ),
    Rule(
        "discord-token",
        (".",),
        rf"[MNO](?:(?<![\w.-].)|(?<=\\[nrt].))[A-Za-z0-9_-]{{22,28}}\.{_URL_SAFE}{{6}}\.{_URL_SAFE}{{25,45}}(?![\w-])",
        _is_discord_token,
        anchored=False,
    ),
    Rule(
        "telegram-token",
        (":A",),
        rf"(?:(?<![\w:-])|(?<=/bot)|(?<=\\[nrt]))\d{{7,11}}:A{_URL_SAFE}{{32,36}}(?![\w-])",
        anchored=False,
    ),
    Rule("teams-webhook", (".webhook.office.com/",), r"\.webhook\.office\.com/(?P<s>[\w@/.-]{60,300})"),
    Rule("zapier-webhook", ("hooks.zapier.com/",), r"hooks\.zapier\.com/(?P<s>hooks/catch/\d+/\w+)"),
    _short("twilio-key", "SK", rf"{_HEX}{{32}}(?!\w)"),
    _short("sendgrid-key", "SG.", rf"{_URL_SAFE}{{16,32}}\.{_URL_SAFE}{{16,64}}"),
    _short("brevo-key", "xkeysib- xsmtpsib-", rf"{_HEX}{{64}}-{_WORD}{{16}}"),
    _short("mailgun-key", "key-", rf"{_HEX}{{32}}(?!\w)"),
    Rule(
        "mailgun-key",
        ("-",),
        rf"{_HEX}(?:(?<![\w-].)|(?<=\\[nrt].)){_HEX}{{31}}-{_HEX}{{8}}-{_HEX}{{8}}(?![\w-])",
        anchored=False,
    ),
    Rule("mailchimp-key", ("-us",), WORD_START + rf"{_HEX}{{32}}-us\d{{1,2}}(?!\w)", anchored=False),
    _short("resend-key", "re_", r"[A-Za-z0-9]{8}_[A-Za-z0-9]{20,28}(?!\w)", _is_mixed),
    # Whose machine it is: Cursor puts it into every payload
    Rule(
        "user-email",
        ("user_email",),
        r"user_email[\"']{0,2}\s{0,3}[=:]\s{0,3}[\"']?(?P<s>[^\s\"',;@]+@[\w.-]+)",
    ),
    # Money and shops
    _short("prefixed-key", "sk_ pk_ ntk_ aa_", rf"{_WORD}{{16,}}(?!\w)", _has_digit_and_letter),
    _token("stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_", r"\w{16,}"),
    _short("stripe-webhook-secret", "whsec_", r"[A-Za-z0-9+/=_-]{24,}"),
    _token("shopify-token", "shpat_ shpca_ shppa_ shpss_ shptka_", r"[0-9a-fA-F]{32}"),
    _token("square-token", "sq0atp- sq0csp- sq0idp-", rf"{_URL_SAFE}{{22,43}}"),
    _short("square-token", "EAAA", rf"{_URL_SAFE}{{60}}(?![\w-])"),
    _short("facebook-token", "EAA", rf"{_WORD}{{90,400}}"),
    _token("plaid-token", "access-sandbox- access-development- access-production-", _UUID),
    _token("shippo-token", "shippo_live_ shippo_test_", rf"{_HEX}{{40}}"),
    _token("easypost-key", "EZAK EZTK", rf"{_WORD}{{54}}"),
    _token("flutterwave-key", "FLWSECK-", rf"{_WORD}{{12,}}(?:-X)?"),
    _token("flutterwave-key", "FLWSECK_TEST-", rf"{_WORD}{{12,}}(?:-X)?"),
    _token(
        "paypal-braintree-token",
        "access_token$production$ access_token$sandbox$",
        r"[0-9a-z]{16}\$[0-9a-f]{32}",
    ),
    _token("duffel-token", "duffel_live_ duffel_test_", rf"{_URL_SAFE}{{40,}}"),
    # Work tools and monitoring
    _token("linear-key", "lin_api_ lin_oauth_", rf"{_WORD}{{32,}}"),
    _short("notion-token", "secret_ ntn_", rf"{_WORD}{{40,50}}(?!\w)"),
    _short("airtable-token", "pat", rf"{_WORD}{{14}}\.{_HEX}{{64}}"),
    _short("figma-token", "figd_ figu_ figdr_", rf"{_URL_SAFE}{{30,}}"),
    _token("postman-key", "PMAK-", rf"{_HEX}{{24}}-{_HEX}{{34}}"),
    _token("grafana-token", "glsa_ glc_", r"[A-Za-z0-9_+/=-]{32,}"),
    _short("grafana-token", "eyJrIjoi", r"[A-Za-z0-9+/_-]{50,}={0,2}"),
    _token("newrelic-key", "NRAK- NRII- NRIQ- NRRA- NRAA- NRJS- NRBR-", rf"{_URL_SAFE}{{19,40}}"),
    Rule("newrelic-key", ("NRAL",), WORD_START + rf"{_HEX}{{36}}NRAL(?!\w)", anchored=False),
    Rule(
        "sentry-dsn",
        ("sentry",),
        rf"(?<=//)(?P<s>{_HEX}{{32}}(?::{_HEX}{{32}})?)@(?=[\w.-]*sentry)",
        anchored=False,
    ),
    _token("sentry-token", "sntrys_ sntryu_ sntrya_", r"[A-Za-z0-9_+/=-]{40,}"),
    _token("contentful-token", "CFPAT-", rf"{_URL_SAFE}{{43}}"),
    _token("typeform-token", "tfp_", r"[\w.=-]{40,}"),
    _token("readme-key", "rdme_", r"[a-z0-9]{60,}"),
    _token("prefect-key", "pnu_ pnb_", rf"{_WORD}{{36}}"),
    _short("hubspot-token", "pat-", rf"(?:na|eu|ap)\d-{_UUID}"),
    _short("launchdarkly-key", "sdk- mob- api-", rf"{_UUID}(?![\w-])"),
    Rule(
        "asana-token",
        (":",),
        rf"\d(?:(?<![\w/].)|(?<=\\[nrt].))/\d{{16}}(?:/\d+)?:{_HEX}{{32}}(?!\w)",
        anchored=False,
    ),
    _short("dropbox-token", "sl.", r"[A-Za-z0-9_.-]{100,}"),
    _short("mapbox-secret", "sk.eyJ", rf"{_URL_SAFE}{{20,}}\.{_URL_SAFE}{{20,}}"),
    _token("onepassword-token", "ops_eyJ", r"[A-Za-z0-9+/_=-]{100,}"),
    _short("onepassword-key", "A3-", r"[A-Z0-9]{6}(?:-[A-Z0-9]{5,6}){4,5}(?!\w)"),
    _token("adobe-secret", "p8e-", rf"{_URL_SAFE}{{32}}"),
    _token("infracost-key", "ico-", r"[A-Za-z0-9]{32}(?!\w)"),
    # Keys and signed tokens
    _token("age-key", "AGE-SECRET-KEY-1", r"[0-9A-Z]{50,}"),
    _short("private-key", "b3BlbnNzaC1rZXktdjE", r"[A-Za-z0-9+/\s]{60,}={0,2}"),
    _short("private-key", "LS0tLS1CRUdJTi", r"[A-Za-z0-9+/]{40,}={0,2}", _is_private_base64),
    Rule("private-key", ('"d"',), r'"d"\s{0,4}:\s{0,4}"(?P<s>[\w-]{40,})"'),
    _short(
        "jwt", "eyJ", rf"{_URL_SAFE}{{8,}}+\.(?:{_URL_SAFE}*+(?:\.{_URL_SAFE}++){{1,3}}|eyJ{_URL_SAFE}++\.?)"
    ),
)
"""Every row, in the order of precedence."""
