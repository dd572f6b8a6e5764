/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often is a verdict wrong where systems are hard: bursts, loads near one, long requests, heavy
 * tails, closed populations, exact values, claims about one run (family.h)? `make calibrate` judges
 * each of tests/calibration/systems.json in 500 studies, those that look suspicious in 2,000 fresh
 * ones, and prints the table of reports/validation.md; here it is a few of them, with few studies.
 *
 * The environment: FAMILY_STUDIES, how many studies of each (0: of the few); FAMILY_ONLY, a prefix
 * of ids; FAMILY_SEED, the first seed; FAMILY_ONCE: nothing is repeated. */
#include "sim/study/scope.h"
#include "tests/support/family.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 20, FIRST_SEED = 7810000, FRESH_SEED = 9810000, MORE = 4 };

/* Shares of studies: verdicts that may be wrong, those from which on it is looked at again, what
 * must be decided and is not, what must be withheld and is decided. */
static const double WRONG = 0.05, REPEATED_FROM = 0.07, OPEN = 0.05, DECIDED = 0.01;
static const double ONE_IN_A_MILLION = 1e-6;

static size_t number_of(const char *variable, size_t otherwise)
{
    const char *text = getenv(variable);
    return text ? strtoul(text, NULL, 10) : otherwise;
}

/* ---- a table for people ---------------------------------------------------------------------- */

static double percent(size_t count, size_t of)
{
    return of > 0 ? 100 * (double)count / (double)of : NAN;
}

static const char *reasons_of(unsigned withheld, struct arena *arena)
{
    static const char *const names[] = {"cycles",      "start",   "tail",
                                        "no variance", "growing", "check"};
    const char *text = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (withheld & 1u << i)
            text = arena_printf(arena, "%s%s%s", text, text[0] ? ", " : "", names[i]);
    return text;
}

static void print_head(void)
{
    print_message(
        "| system | claim | truth | studies | on the limit: PASS | FAIL | undecided | false by "
        "2 %%: PASS | holds by 2 %%: FAIL | 20 %% away: undecided | covered | width | of a perfect "
        "one | replications | withheld |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- "
        "|\n");
}

static void print_claim(const struct family_system *system, size_t c, const struct family_count *at,
                        struct arena *arena)
{
    const struct family_claim *claim = &system->claims[c];
    const struct family_count *on = &at[FAMILY_ON_LIMIT];
    size_t far = at[FAMILY_FALSE_FAR].undecided + at[FAMILY_TRUE_FAR].undecided;
    size_t of = at[FAMILY_FALSE_FAR].studies + at[FAMILY_TRUE_FAR].studies;
    if (claim->expect) {
        print_message("| %s | `%s` | %s | %zu | %.1f | %.1f | %.1f | | | | | | | %.0f | %s |\n",
                      system->id, claim->expect,
                      claim->is_on_limit ? "on the limit"
                      : claim->holds     ? "holds"
                                         : "does not",
                      on->studies, percent(on->pass, on->studies), percent(on->fail, on->studies),
                      percent(on->undecided, on->studies), on->replications,
                      reasons_of(on->reasons, arena));
        return;
    }
    print_message("| %s | `%s %s%s` | %.6g | %zu | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f "
                  "| %.1f %% | %.2f | %.0f | %s |\n",
                  system->id, claim->metric, claim->op, claim->span, claim->truth, on->studies,
                  percent(on->pass, on->studies), percent(on->fail, on->studies),
                  percent(on->undecided, on->studies),
                  percent(at[FAMILY_FALSE].pass, at[FAMILY_FALSE].studies),
                  percent(at[FAMILY_TRUE].fail, at[FAMILY_TRUE].studies), percent(far, of),
                  percent(on->covered, on->shown), 100 * on->width, on->excess, on->replications,
                  reasons_of(on->reasons, arena));
}

/* ---- judging --------------------------------------------------------------------------------- */

static size_t most_wrong_of(const struct family_claim *claim, const struct family_count *at)
{
    size_t most = 0;
    for (int p = 0; p < FAMILY_PLACES; p++) {
        if (!family_has_place(claim, (enum family_place)p))
            continue;
        if (family_is_pass_wrong(claim, (enum family_place)p) && at[p].pass > most)
            most = at[p].pass;
        if (family_is_fail_wrong(claim, (enum family_place)p) && at[p].fail > most)
            most = at[p].fail;
    }
    return most;
}

/* Returns how many promises are broken, and says which. */
static size_t check_claim(const struct family_system *system, const struct family_claim *claim,
                          const struct family_count *at, double chance)
{
    size_t broken = 0, studies = at[FAMILY_ON_LIMIT].studies;
    size_t wrong = most_wrong_of(claim, at), most = family_most(studies, WRONG, chance);
    if (wrong > most) {
        print_message("%s %s: %zu of %zu verdicts are wrong, at most %zu may\n", system->id,
                      claim->metric, wrong, studies, most);
        broken++;
    }
    for (int p = 0; p < FAMILY_PLACES; p++) {
        size_t decided = at[p].pass + at[p].fail;
        bool is_far = p == FAMILY_FALSE_FAR || p == FAMILY_TRUE_FAR;
        bool is_open = claim->must_decide && is_far &&
                       family_has_place(claim, (enum family_place)p) &&
                       at[p].undecided > family_most(studies, OPEN, chance);
        bool is_told = claim->must_withhold && p <= FAMILY_TRUE &&
                       decided > family_most(studies, DECIDED, chance);
        if (!is_open && !is_told)
            continue;
        print_message("%s %s, place %d: %zu of %zu are decided, which must %s\n", system->id,
                      claim->metric, p, decided, studies, is_told ? "be withheld" : "decide");
        broken++;
    }
    return broken;
}

static size_t judge_system(const struct family_system *system, size_t studies, double chance,
                           struct arena *arena)
{
    struct family_counts counts;
    uint64_t first = number_of("FAMILY_SEED", FIRST_SEED);
    bool is_suspect = false;
    size_t broken = 0;
    if (system->studies > 0 && studies > system->studies)
        studies = system->studies;
    family_judge(system, studies, first, &counts);
    for (size_t c = 0; c < system->claim_count; c++)
        is_suspect |= (double)most_wrong_of(&system->claims[c], counts.at[c]) >
                      REPEATED_FROM * (double)studies;
    if (is_suspect && studies >= 100 && !getenv("FAMILY_ONCE"))
        family_judge(system, MORE * studies, first + FRESH_SEED - FIRST_SEED, &counts);
    for (size_t c = 0; c < system->claim_count; c++) {
        print_claim(system, c, counts.at[c], arena);
        broken += check_claim(system, &system->claims[c], counts.at[c], chance);
    }
    return broken;
}

/* The few of `make test`. */
static bool is_among_the_few(const char *id)
{
    static const char *const few[] = {
        "burst-unseen",     "burst-overload",      "near-mm1-99-60s", "near-mm1-60-minutes",
        "unseen-batch",     "unseen-cycle",        "cycle-minute",    "long-lognormal-cv4",
        "long-mixture",     "closed-lognormal",    "heavy-lomax-3",   "exact-two",
        "exact-one",        "run-max-exponential", "pair-mm1",        "growing-11",
        "rare-queue-limit", "run-windows",         "run-stretch",     "pair-longest",
        "pair-unseen"};
    for (size_t i = 0; i < sizeof few / sizeof *few; i++)
        if (strcmp(few[i], id) == 0)
            return true;
    return false;
}

static void verdicts_are_wrong_as_seldom_as_they_say(void **state)
{
    struct arena *arena = arena_open();
    struct family family = family_read(arena);
    size_t asked = number_of("FAMILY_STUDIES", 0), broken = 0;
    const char *only = getenv("FAMILY_ONLY");
    double chance = ONE_IN_A_MILLION / (3.0 * (double)family.claim_count);
    print_head();
    for (size_t i = 0; i < family.count; i++) {
        const struct family_system *system = &family.systems[i];
        if (asked == 0 && !is_among_the_few(system->id))
            continue;
        if (only && strncmp(only, system->id, strlen(only)) != 0)
            continue;
        broken += judge_system(system, asked > 0 ? asked : repetitions(FEW, 12), chance, arena);
    }
    family_close(&family);
    arena_close(arena);
    assert_int_equal(broken, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_wrong_as_seldom_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
