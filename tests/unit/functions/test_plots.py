"""Plots: every measured point is on the screen, nothing leaves the width."""

from hypothesis import given
from hypothesis import strategies as st

from costtui.panes.plots import BEST, BOTH, HEIGHT, KNEE, MEASURED, MODEL, NOW, Plot, draw, drawn

COST = Plot("Cost", ((128, 0.85), (256, 0.80), (512, 0.79), (1024, 0.68), (3008, 1.40)), now=256, best=1024)
sizes = st.lists(st.integers(128, 10_240), min_size=2, max_size=8, unique=True)


def body(lines: list[str]) -> str:
    return "\n".join(lines[1:-1])


def test_measured_now_and_cheapest_have_shapes_of_their_own() -> None:
    signs = body(draw(COST, 76))
    assert (signs.count(MEASURED), signs.count(NOW), signs.count(BEST)) == (3, 1, 1)
    assert MODEL not in signs


def test_the_axis_names_the_sizes_and_the_rows_their_values() -> None:
    lines = draw(COST, 76)
    assert lines[0] == "Cost    ● measured  ◆ now  ★ cheapest"
    assert all(str(size) in lines[-1] for size, _ in COST.points)
    assert lines[-1].endswith(" MB")
    assert len(lines) == HEIGHT + 2


def test_the_curve_runs_between_the_points_and_never_hides_one() -> None:
    lines = draw(Plot("Cost", COST.points, lambda size: size / 2000, now=256, best=1024), 76)
    signs = body(lines)
    assert (signs.count(MEASURED), signs.count(NOW), signs.count(BEST)) == (3, 1, 1)
    assert signs.count(MODEL) > 40


def test_a_higher_value_is_never_drawn_lower() -> None:
    rows = {line.index(sign): at for at, line in enumerate(draw(COST, 76)[1:-1]) for sign in (NOW, BEST) if sign in line}
    now, best = sorted(rows)
    assert rows[now] < rows[best]


def test_two_plots_stand_beside_each_other_where_there_is_room() -> None:
    wide, narrow = drawn((COST, COST), 118), drawn((COST, COST), 78)
    assert (len(wide), len(narrow)) == (HEIGHT + 2, 2 * (HEIGHT + 2))
    assert wide[0].count("Cost") == 2


@given(sizes, st.integers(40, 200), st.lists(st.floats(0, 1e9), min_size=8, max_size=8))
def test_no_line_leaves_the_width_whatever_the_values(memory: list[int], width: int, values: list[float]) -> None:
    plot = Plot("t", tuple(zip(memory, values, strict=False)), lambda size: size, now=memory[0])
    lines = drawn((plot, plot), width)
    assert max(map(len, lines)) <= width
    assert NOW in "".join(lines)


def test_the_current_size_stays_in_sight_beside_one_of_nearly_its_own() -> None:
    plot = Plot("t", ((177, 0.0), (128, 0.0), (178, 0.0)), lambda size: size, now=177)
    assert NOW in "".join(draw(plot, 40))


def test_one_sign_where_the_current_size_is_the_cheapest() -> None:
    plot = Plot("Cost", COST.points, lambda size: size / 2000, now=1024, best=1024)
    lines = draw(plot, 76)
    assert lines[0] == "Cost    ● measured  · model  ◈ now and cheapest"
    assert body(lines).count(BOTH) == 1
    assert NOW not in body(lines)


def test_the_knee_stands_on_the_axis_where_it_is_in_the_measured_range() -> None:
    plot = Plot("Cost", COST.points, now=256, best=1024, knee=1769)
    lines = draw(plot, 76)
    assert lines[0].endswith("┼ 1 vCPU")
    assert 1024 < _size_at(lines[-1].index(KNEE), lines, plot) < 3008
    assert KNEE not in "".join(draw(Plot("Cost", COST.points[:4], knee=1769), 76))


def _size_at(column: int, lines: list[str], plot: Plot) -> float:
    """The size above a column, by the places of the smallest and the largest measured point."""
    at = sorted(place for line in lines[1:-1] for place, sign in enumerate(line) if sign in (MEASURED, NOW, BEST))
    low, high = plot.points[0][0], plot.points[-1][0]
    return float(low * (high / low) ** ((column - at[0]) / (at[-1] - at[0])))


def test_signs_are_explained_as_far_as_there_is_room() -> None:
    plot = Plot("Cost", COST.points, now=256, best=1024, knee=1769)
    assert draw(plot, 40)[0] == "Cost    ● measured  ◆ now  ★ cheapest"
    assert draw(plot, 30)[0] == "Cost"
