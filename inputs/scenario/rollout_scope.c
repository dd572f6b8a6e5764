/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/rollout_scope.h"
#include "inputs/json/dotted_path.h"
#include "models/spec/rollout_rules.h"
#include "models/spec/station_kind.h"
#include <stdlib.h>
#include <string.h>

/* The last override of that path, or NULL: the value that counts. */
static const char *find_override(const struct setting_spec *setting, const char *path)
{
    for (size_t i = setting->override_count; i-- > 0;)
        if (strcmp(setting->overrides[i].path, path) == 0)
            return setting->overrides[i].value;
    return NULL;
}

static bool is_same(const struct setting_spec *a, const struct setting_spec *b, const char *path)
{
    const char *left = find_override(a, path), *right = find_override(b, path);
    return left != NULL && right != NULL && strcmp(left, right) == 0;
}

/* Fails at the override of that path, in the setting of the file that has it. */
static bool fail_override(struct parse_context *context, const char *setting, const char *path)
{
    context_place(context,
                  arena_printf(context->arena, "/settings/%s/%s", setting,
                               dotted_path_escape(path, context->arena)),
                  LOCATE_KEY);
    return false;
}

/* What the rollout can change begins with: "services.api.resources." or "resources.". */
static const char *prefix_of(const struct rollout_spec *rollout, const struct scenario *scenario,
                             struct arena *arena)
{
    if (rollout->service == SPEC_NO_SERVICE)
        return "resources.";
    return arena_printf(arena, "services.%s.resources.", scenario->services[rollout->service].name);
}

/* What a rollout finds where a path leads; spec NULL: no resource. */
struct found_resource {
    enum station_number kind;
    const void *spec;
};

/* True if a resource of that name and service is meant by `resource`, up to a dot or the end. */
static bool is_meant(const struct rollout_spec *rollout, const char *name, size_t service,
                     const char *resource)
{
    size_t length = strcspn(resource, ".");
    if (service != rollout->service)
        return false;
    if (service != SPEC_NO_SERVICE)
        name = strchr(name, '.') + 1;
    return strlen(name) == length && strncmp(name, resource, length) == 0;
}

static struct found_resource find_resource(const struct rollout_spec *rollout,
                                           const struct scenario *from, const char *resource)
{
    for (size_t k = 0; k < STATION_KINDS; k++) {
        enum station_number kind = (enum station_number)k;
        for (size_t i = 0; i < station_count(from, kind); i++)
            if (is_meant(rollout, station_name(from, kind, i), station_service(from, kind, i),
                         resource))
                return (struct found_resource){kind, station_spec(from, kind, i)};
    }
    return (struct found_resource){STATION_POOL, NULL};
}

/* key: what follows the resource's name, "contention.sigma". */
static bool is_key_in_place(const struct station_rollout *row, const char *key)
{
    size_t length = strcspn(key, ".");
    for (const char *const *in = row->in_place; *in != NULL; in++)
        if (strlen(*in) == length && strncmp(*in, key, length) == 0)
            return true;
    return false;
}

/* Why the rollout cannot change key of what was found, or NULL. */
static const char *find_obstacle(const struct rollout_spec *rollout,
                                 const struct found_resource *found, const char *key,
                                 struct arena *arena)
{
    const struct station_rollout *row = &station_kinds[found->kind]->rollout;
    const char *obstacle = row->find_obstacle ? row->find_obstacle(found->spec, key) : NULL;
    if (obstacle != NULL)
        return obstacle;
    if (strcmp(key, "kind") == 0 || strcmp(key, "database") == 0)
        return arena_printf(arena, "no rollout can change \"%s\" of a resource", key);
    if (rollout_is_reload(rollout) && !is_key_in_place(row, key))
        return arena_printf(arena, "only a restart can change \"%s\"; in place only %s can", key,
                            row->in_place_text);
    return NULL;
}

/* What a path is about that no rollout can change. */
static const char *name_other(const struct rollout_spec *rollout, const struct scenario *scenario,
                              const char *path, struct arena *arena)
{
    if (rollout->service == SPEC_NO_SERVICE)
        return "it changes the resources that are in no service and nothing else";
    const char *service = scenario->services[rollout->service].name;
    if (strncmp(path, "workloads.", strlen("workloads.")) == 0)
        return arena_printf(arena, "of workloads it changes the steps inside visits of %s alone",
                            service);
    return arena_printf(arena, "it changes the resources of %s and nothing else", service);
}

/* ---- steps ---- */

/* What a path leads through: its next part, up to a dot; NULL behind the last. */
struct scope_walk {
    const char *at;
};

static bool take_part(struct scope_walk *walk, const char *part)
{
    size_t length = strlen(part);
    if (strncmp(walk->at, part, length) != 0 || walk->at[length] != '.')
        return false;
    walk->at += length + 1;
    return true;
}

static bool take_index(struct scope_walk *walk, size_t count, size_t *index)
{
    char *end;
    if (*walk->at < '0' || *walk->at > '9')
        return false;
    *index = strtoul(walk->at, &end, 10);
    walk->at = *end == '.' ? end + 1 : end;
    return *index < count;
}

/* The path goes on with "steps": does it come into a visit of the service? */
static bool is_in_visit(struct scope_walk walk, const struct step *steps, size_t count,
                        size_t service)
{
    size_t i, b;
    for (;;) {
        if (!take_part(&walk, "steps") || !take_index(&walk, count, &i))
            return false;
        const struct step *step = &steps[i];
        if (step->kind == STEP_VISIT && step->service == service)
            return strncmp(walk.at, "steps", strlen("steps")) == 0;
        steps = step->steps;
        count = step->step_count;
        if (step->kind != STEP_CHOOSE)
            continue;
        if (!take_part(&walk, "choose") || !take_index(&walk, step->branch_count, &b))
            return false;
        steps = step->branches[b].steps;
        count = step->branches[b].step_count;
    }
}

/* True if the path leads to the steps that requests take on the rollout's service. */
static bool is_step_of_service(const struct rollout_spec *rollout, const struct scenario *scenario,
                               const char *path)
{
    struct scope_walk walk = {path};
    if (rollout->service == SPEC_NO_SERVICE || !take_part(&walk, "workloads"))
        return false;
    for (size_t w = 0; w < scenario->workload_count; w++) {
        const struct workload_spec *workload = &scenario->workloads[w];
        struct scope_walk in = walk;
        if (!take_part(&in, workload->name) || (workload->has_mix && !take_part(&in, "mix")))
            continue;
        for (size_t c = 0; c < workload->class_count; c++) {
            struct scope_walk of = in;
            const struct class_spec *class = &workload->classes[c];
            if ((!workload->has_mix || take_part(&of, class->name)) &&
                is_in_visit(of, class->steps, class->step_count, rollout->service))
                return true;
        }
    }
    return false;
}

/* One path that the two settings do not have in common. */
static bool check_path(struct parse_context *context, struct rollout_spec *rollout,
                       const struct scenario *scenario, const char *setting, const char *path)
{
    const char *prefix = prefix_of(rollout, scenario, context->arena);
    bool is_inside = strncmp(path, prefix, strlen(prefix)) == 0;
    const char *resource = is_inside ? path + strlen(prefix) : "";
    struct found_resource found = find_resource(rollout, scenario, resource);
    const char *key = strchr(resource, '.'), *reason;
    if (is_step_of_service(rollout, scenario, path)) {
        rollout->changes_steps = true;
        return true;
    }
    if (found.spec == NULL)
        reason = arena_printf(context->arena,
                              "the rollout cannot change this: %s; write it in both of its "
                              "settings, \"%s\" and \"%s\"",
                              name_other(rollout, scenario, path, context->arena), rollout->from,
                              rollout->to);
    else if (key == NULL)
        reason = "a rollout changes values of a resource, not the whole of it: override its keys "
                 "one by one";
    else
        reason = find_obstacle(rollout, &found, key + 1, context->arena);
    if (reason == NULL)
        return true;
    error_set(context->err, STATUS_INPUT, "%s", reason);
    return fail_override(context, setting, path);
}

static bool check_paths(struct parse_context *context, struct rollout_spec *rollout,
                        const struct setting_spec *of, const struct setting_spec *other)
{
    for (size_t i = 0; i < of->override_count; i++) {
        const char *path = of->overrides[i].path;
        if (!is_same(of, other, path) &&
            !check_path(context, rollout, &of->scenario, of->name, path))
            return false;
    }
    return true;
}

bool rollout_scope_check(struct parse_context *context, struct rollout_spec *rollout,
                         const struct setting_spec *from, const struct setting_spec *to)
{
    if (!check_paths(context, rollout, from, to) || !check_paths(context, rollout, to, from))
        return false;
    const char *reason =
        rollout_rules_check(&from->scenario, &to->scenario, rollout, context->arena);
    if (reason == NULL)
        return true;
    error_set(context->err, STATUS_INPUT, "%s", reason);
    return context_place(context, "/rollout/to", LOCATE_VALUE);
}
