/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/audit_laws.h"
#include <assert.h>
#include <stdint.h>

static void add_product_of(struct interval_net *net, const char *name, size_t target, size_t first,
                           size_t second, double power)
{
    struct interval_law law = {.name = name,
                               .form = FORM_PRODUCT,
                               .relation = RELATION_EQUAL,
                               .target = target,
                               .factor = 1,
                               .term = {{first, 1}, {second, power}},
                               .terms = 2};
    interval_net_add_law(net, &law);
}

void audit_add_little(struct interval_net *net, size_t in_system, size_t rate, size_t time)
{
    add_product_of(net, "Little's law", in_system, rate, time, 1);
}

void audit_add_busy(struct interval_net *net, size_t busy, size_t rate, size_t service,
                    size_t servers)
{
    add_product_of(net, "utilization law", busy, rate, service, 1);
    audit_add_order(net, "no more are busy than there are", busy, servers);
}

void audit_add_utilization(struct interval_net *net, size_t utilization, size_t busy,
                           size_t servers)
{
    add_product_of(net, "utilization law", utilization, busy, servers, -1);
}

void audit_add_flow(struct interval_net *net, size_t station_rate, size_t system_rate,
                    size_t visits)
{
    add_product_of(net, "forced flow law", station_rate, system_rate, visits, 1);
}

void audit_add_product(struct interval_net *net, const char *name, size_t count, size_t rate,
                       size_t time)
{
    add_product_of(net, name, count, rate, time, 1);
}

void audit_add_share(struct interval_net *net, size_t share, size_t part, size_t whole)
{
    add_product_of(net, "share", share, part, whole, -1);
}

void audit_add_sum(struct interval_net *net, const char *name, size_t whole, const size_t *part,
                   size_t parts)
{
    struct interval_law law = {.name = name,
                               .form = FORM_SUM,
                               .relation = RELATION_EQUAL,
                               .target = whole,
                               .terms = parts};
    assert(parts <= INTERVAL_NET_TERMS);
    for (size_t i = 0; i < parts; i++)
        law.term[i] = (struct interval_term){part[i], 1};
    interval_net_add_law(net, &law);
}

void audit_add_order(struct interval_net *net, const char *name, size_t less, size_t more)
{
    struct interval_law law = {.name = name,
                               .form = FORM_SUM,
                               .relation = RELATION_AT_MOST,
                               .target = less,
                               .term = {{more, 1}},
                               .terms = 1};
    interval_net_add_law(net, &law);
}

void audit_add_makespan(struct interval_net *net, size_t total, size_t rounds, size_t jobs,
                        size_t threads, size_t each)
{
    struct interval_law ceiling = {.name = "rounds",
                                   .form = FORM_CEILING,
                                   .relation = RELATION_EQUAL,
                                   .target = rounds,
                                   .term = {{jobs, 1}, {threads, 1}},
                                   .terms = 2};
    interval_net_add_law(net, &ceiling);
    struct interval_law least = {.name = "no schedule ends earlier",
                                 .form = FORM_PRODUCT,
                                 .relation = RELATION_AT_LEAST,
                                 .target = total,
                                 .factor = 1,
                                 .term = {{rounds, 1}, {each, 1}},
                                 .terms = 2};
    interval_net_add_law(net, &least);
}

void audit_add_mean_of_quantiles(struct interval_net *net, size_t mean,
                                 const struct audit_quantile *quantile, size_t count,
                                 size_t greatest)
{
    struct interval_law least = {.name = "a mean by its quantiles",
                                 .form = FORM_SUM,
                                 .relation = RELATION_AT_LEAST,
                                 .target = mean,
                                 .terms = count};
    struct interval_law most = least;
    assert(count >= 1 && count < INTERVAL_NET_TERMS);
    most.relation = RELATION_AT_MOST;
    for (size_t i = 0; i < count; i++) {
        double before = i > 0 ? quantile[i - 1].p : 0, p = quantile[i].p;
        double after = i + 1 < count ? quantile[i + 1].p : 1;
        assert(before < p && p < after);
        least.term[i] = (struct interval_term){quantile[i].variable, after - p};
        most.term[i] = (struct interval_term){quantile[i].variable, p - before};
        if (i > 0)
            audit_add_order(net, "quantiles are ordered", quantile[i - 1].variable,
                            quantile[i].variable);
    }
    interval_net_add_law(net, &least);
    if (greatest == AUDIT_NO_GREATEST)
        return;
    most.term[most.terms++] = (struct interval_term){greatest, 1 - quantile[count - 1].p};
    interval_net_add_law(net, &most);
    audit_add_order(net, "quantiles are ordered", quantile[count - 1].variable, greatest);
}

void audit_add_mean_below(struct interval_net *net, size_t mean, size_t quantile)
{
    struct interval_law law = {.name = "a mean lies below its high quantiles",
                               .doubt = "that few values are so long that they carry the mean "
                                        "beyond a high quantile",
                               .form = FORM_SUM,
                               .relation = RELATION_AT_MOST,
                               .target = mean,
                               .term = {{quantile, 1}},
                               .terms = 1};
    interval_net_add_law(net, &law);
}
