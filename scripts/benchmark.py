"""Compare bedtime mode, the diary and the cards with Home Assistant's own. Started by scripts/benchmark."""

import argparse
import asyncio
import logging
from pathlib import Path
import sys

import benchmark_cards
import benchmark_diary
import benchmark_lights
import benchmark_loading
import benchmark_night
from benchmark_tools import BenchmarkError, Row, Samples, print_table, save_results
from homeassistant.runner import create_event_loop


def parse_arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark", description="Measure bedtime mode, the diary and the cards."
    )
    parser.add_argument("--only", choices=("lights", "diary", "cards"), help="measure one of them")
    parser.add_argument(
        "--lights", type=int, nargs="+", default=benchmark_lights.SIZES, help="numbers of lights (%(default)s)"
    )
    parser.add_argument("--episodes", type=int, default=100_000, help="in the long diary (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="to take the medians of (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the table and all samples")
    arguments = parser.parse_args()
    if not all(1 <= count <= benchmark_lights.MAX_LIGHTS for count in arguments.lights):
        parser.error(f"the numbers of lights must be from 1 to {benchmark_lights.MAX_LIGHTS}")
    if arguments.episodes < 1 or arguments.rounds < 1:
        parser.error("there must be at least one episode and one round")
    return arguments


def main() -> None:
    """Measure, print the results, and exit with an error if a budget is exceeded."""
    arguments = parse_arguments()
    logging.basicConfig(level=logging.WARNING)
    samples: Samples = {}
    rows: list[Row] = []
    if arguments.only in (None, "lights"):
        sizes = tuple(arguments.lights)
        with asyncio.Runner(loop_factory=create_event_loop) as runner:
            samples |= runner.run(benchmark_lights.async_run(sizes, arguments.rounds))
        rows += benchmark_lights.rows(samples, sizes)
        rows += benchmark_night.rows(benchmark_night.run())
    if arguments.only in (None, "diary"):
        with asyncio.Runner(loop_factory=create_event_loop) as runner:
            samples |= runner.run(benchmark_diary.async_run(arguments.episodes, arguments.rounds))
        rows += benchmark_diary.rows(samples, arguments.episodes)
    if arguments.only in (None, "cards"):
        samples |= benchmark_cards.run(arguments.rounds)
        rows += benchmark_cards.rows(samples)
        rows += benchmark_loading.rows(benchmark_loading.run(arguments.rounds))
    print_table(rows)
    if arguments.json:
        save_results(arguments.json, rows, samples)
    sys.exit(not all(row.is_kept for row in rows))


if __name__ == "__main__":
    try:
        main()
    except BenchmarkError as error:
        sys.exit(f"benchmark: {error}")
