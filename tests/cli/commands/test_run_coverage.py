"""`gradcheck run --coverage`: what was drawn, below the table."""


def test_coverage_is_kept_only_when_it_is_asked_for(gradcheck, verdicts, right_ops):
    calls = verdicts("PASS", "PASS")
    gradcheck("run", "--ops", right_ops)
    gradcheck("run", "--ops", right_ops, "--coverage")
    assert [settings.coverage for _, settings in calls] == [False, True]


def shown(gradcheck, right_ops, *options):
    done = gradcheck("run", "--ops", right_ops, "--no-database", *options)
    assert done.code == 0
    return done.out


def test_each_op_is_followed_by_what_was_drawn(gradcheck, right_ops):
    out = shown(gradcheck, right_ops, "-n", "60", "--coverage")
    for op in ("my_double", "my_cube"):
        assert f"\n{op}   60 cases" in out
    assert out.count("never came") == 2
    assert out.count("zero row ×") == 2
    assert "one zero ×" not in out
    assert out.rstrip().splitlines()[-1].startswith("2 passed")


def test_verbose_tells_it_by_argument(gradcheck, right_ops):
    out = shown(gradcheck, right_ops, "-n", "60", "--coverage", "-v", "my_cube")
    assert "\n  ranks           x: 0-D ×" in out
    assert "one zero ×" in out


def test_one_line_per_op_where_the_format_is_concise(gradcheck, right_ops):
    lines = shown(
        gradcheck, right_ops, "-n", "10", "--coverage", "--format", "concise"
    ).splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["PASS", "COVERAGE"] * 2


def test_without_it_nothing_is_said(gradcheck, right_ops):
    assert "never came" not in shown(gradcheck, right_ops, "-n", "5")
    assert "never came" not in shown(gradcheck, right_ops, "-n", "5", "-vv")


def test_draws_that_were_rejected_are_told_with_their_reason(gradcheck, module):
    ops = module(
        """
        import gradcheck as gc

        @gc.op("(n)->(n)", assume=lambda x: x.size > 2)
        def picky(x):
            return 2 * x

        @picky.vjp
        def _(g):
            return 2 * g
        """
    )
    out = shown(gradcheck, ops, "--coverage", "-n", "40")
    assert "  rejected        " in out
    assert "assume ×" in out
