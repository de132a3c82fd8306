"""Noise: differences between equal values, each under the rule that shows them equal.

N1 empty is empty · N2 JSON text is its structure · N3 IAM policies · N4 order of sets · N5 numbers and DNS names as text ·
N6 computed by the provider · N7 AWS's own tags · N8 inline echo of another managed resource · N9 delegated to a scaling policy or to AWS.
"""

MEANINGS: dict[str, str] = {
    "equal": "both sides are equal",
    "N1": "null, an empty text, list and map are the same",
    "N2": "the same JSON, written differently",
    "N3": "the same IAM policy, written differently",
    "N4": "the same set in another order",
    "N5": "the same number or DNS name, written differently",
    "N6": "computed by the provider, not declared",
    "N7": "a tag that AWS itself maintains",
    "N8": "repeats another managed resource",
    "N9": "delegated: autoscaling, or AWS's own minor upgrades",
    "managed-by-aws": "AWS changes this property itself, as its change set says",
    "write-only": "AWS cannot read this property back, as its change set says",
}
"""What each rule says, for the detail screen."""
