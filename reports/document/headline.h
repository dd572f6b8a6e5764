/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headline.h - the answer of a run in one clause and at most three sentences: what holds or does
 * not, which limit is nearest, what is not known.
 *
 * Worded by rules from the same result as every table: a pass names the nearest limit and what
 * fails today, a failure what is exceeded and by how much, an undecided verdict the interval, the
 * limit in it and what would decide it. */
#ifndef CAPSIM_REPORTS_DOCUMENT_HEADLINE_H
#define CAPSIM_REPORTS_DOCUMENT_HEADLINE_H

#include "reports/result/result.h"
#include "reports/text/figure.h"

struct headline {
    enum verdict verdict;               /* over all settings that are judged           */
    const struct result_setting *shown; /* the setting that shows why: the last with it */
    const char *clause, *sentences;     /* raw texts                                    */
};

/* What a brief search says beyond the run, of the setting shown. */
struct outlook {
    const char *setting;
    const char *enough; /* a value that passes, of what the setting sets: "54"; NULL: not known */
    bool is_rough;      /* less may pass: it was looked at too briefly to tell                  */
    const char *path;   /* what it is of: "resources.db_pool.max"                               */
    double load, room;  /* the setting's own, and the most that was seen to pass; room 0: unknown */
    const char *noun;   /* of the load: "customers"                                             */
    const char
        *breaks; /* the criterion that stands against more; NULL: nothing, as far as was searched */
    const struct figure *curve; /* the loads that were tried, as a picture; NULL: none           */
};

/* Gives the headline what the outlook says, if it is of the setting that it shows: how little would
 * do. */
void headline_add_outlook(struct headline *headline, const struct outlook *outlook,
                          struct arena *arena);

/* set: the scenario, for names of what was changed and for the load; NULL: it is not known. */
struct headline headline_of_result(const struct result *result, const struct scenario_set *set,
                                   struct arena *arena);

/* The scenario under the setting of that name; NULL when the set is NULL or has none. */
const struct scenario *headline_find_scenario(const struct scenario_set *set, const char *name);

/* "500 requests/s", "100 jobs every 10 s"; "its load" where no few words say it. */
const char *headline_load(const struct scenario *spec, struct arena *arena);

/* The same of one workload's arrivals; "spawned only" of none. */
const char *headline_arrivals(const struct arrival_spec *arrivals, struct arena *arena);

#endif
