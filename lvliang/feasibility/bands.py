"""Which word a probability gets. Bands are half-open: a bound belongs to the band above it."""

from lvliang.errors import ParameterError

NEAR_EDGE = 0.03

LIKELIHOOD = (
    (0.99, "virtually_certain"),
    (0.90, "very_likely"),
    (0.66, "likely"),
    (0.33, "about_even"),
    (0.10, "unlikely"),
    (0.01, "very_unlikely"),
    (0.00, "exceptionally_unlikely"),
)
INDICATIVE = (
    (0.90, "within_reach"),
    (0.66, "attainable_with_effort"),
    (0.33, "uncertain"),
    (0.10, "difficult"),
    (0.00, "very_difficult"),
)
BINDING = (
    (0.95, "under_control"),
    (0.80, "broadly_under_control"),
    (0.50, "at_risk"),
    (0.00, "high_risk"),
)
CANNOT_TELL = "cannot_tell"
WORD_ONLY_GRADES = ("C", "D")


def likelihood(probability: float) -> str:
    """The word for a probability."""
    return _band(probability, LIKELIHOOD)


def verdict_class(probability: float, nature: str) -> str:
    """The class before the fact; a binding target (约束性) has its own scale."""
    return _band(probability, _scale(nature))


def near_edge(probability: float, nature: str) -> bool:
    """Whether a move of less than ``NEAR_EDGE`` would change the class.

    >>> near_edge(0.35, "预期性"), near_edge(0.45, "预期性")
    (True, False)
    """
    return any(bound > 0 and abs(probability - bound) < NEAR_EDGE for bound, _ in _scale(nature))


def check_probability(probability: float) -> None:
    """Refuse a chance that no draws could show, by a `ParameterError`."""
    if not 0.01 <= probability <= 0.99:
        raise ParameterError(f"probability: {probability:g} is not legal; legal: 0.01 to 0.99")


def _scale(nature: str) -> tuple[tuple[float, str], ...]:
    return BINDING if nature == "约束性" else INDICATIVE


def _band(probability: float, scale: tuple[tuple[float, str], ...]) -> str:
    return next(word for bound, word in scale if probability >= bound)
