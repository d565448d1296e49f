"""The report as JUnit XML: one test case per rule, without values from the data.

There is no standard; https://github.com/testmoapp/junitxml describes common usage.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from personalize_import_cli.check.report import TOOL, Report
from personalize_import_handler.contract.printable import printable
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.rules import RULES, Rule


def junit(report: Report) -> str:
    """Return the document. A rule that wasn't checked is skipped; warnings go to `system-out`."""
    broken = report.by_rule()
    counts = {
        "tests": len(RULES),
        "failures": sum(report.is_failure(rule) for rule in broken),
        "errors": 0,
        "skipped": sum(not report.is_checked(rule) for rule in RULES),
    }
    attributes = {
        "name": printable(f"{TOOL} check {report.location}"),
        **{key: str(each) for key, each in counts.items()},
    }
    suites = Element("testsuites", attributes)
    suite = SubElement(suites, "testsuite", attributes)
    for rule in RULES:
        _add_case(suite, report, rule, broken.get(rule, ()))
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _add_case(suite: Element, report: Report, rule: Rule, findings: Sequence[Finding]) -> None:
    case = SubElement(suite, "testcase", {"classname": f"{TOOL}.{rule.scope}", "name": rule.id})
    # Printable text has no character that XML 1.0 forbids: https://www.w3.org/TR/xml/#charsets
    lines = "\n".join([*(printable(finding.message) for finding in findings), f"{rule.fix}. {rule.page}"])
    if not report.is_checked(rule):
        SubElement(case, "skipped", {"message": "the data was not checked"})
    elif findings and report.is_failure(rule):
        SubElement(case, "failure", {"type": rule.severity, "message": rule.what}).text = lines
    elif findings:
        SubElement(case, "system-out").text = lines
