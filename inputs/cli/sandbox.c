/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/sandbox.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- files and programs: Landlock --------------------------------------------------------- */

/* Rights by the version of the kernel's interface that first had them; those that a header of
 * Debian 12 does not know yet stand as numbers (Documentation/userspace-api/landlock.rst). */
#define FROM_2_REFER (UINT64_C(1) << 13)
#define FROM_3_TRUNCATE (UINT64_C(1) << 14)
#define FROM_4_BIND_TCP (UINT64_C(1) << 0)
#define FROM_4_CONNECT_TCP (UINT64_C(1) << 1)

static const uint64_t TO_WRITE = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

/* struct landlock_ruleset_attr since version 4. */
struct rules_of {
    uint64_t files, network;
};

struct rules {
    int descriptor;
    uint64_t writing;
    bool is_short; /* of descriptors: what should be allowed could not be */
};

static void allow(struct rules *rules, const char *path, uint64_t rights)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = rights,
                                              .parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) {
        rules->is_short |= errno == EMFILE || errno == ENFILE;
        return;
    }
    syscall(SYS_landlock_add_rule, rules->descriptor, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}

/* The folder, or of one that is not there the nearest above it that is. */
static const char *nearest_folder(const char *path, struct arena *arena)
{
    char *folder = arena_strdup(arena, path);
    for (;;) {
        struct stat facts;
        if (stat(folder, &facts) == 0 && S_ISDIR(facts.st_mode))
            return folder;
        char *slash = strrchr(folder, '/');
        if (!slash)
            return ".";
        slash[slash == folder] = '\0';
        if (strcmp(folder, "/") == 0)
            return folder;
    }
}

/* The file that a name of a program means, links followed; NULL: there is none. */
static const char *find_program(const char *name, struct arena *arena)
{
    const char *path = getenv("PATH");
    for (const char *at = path ? path : ""; *at != '\0';) {
        size_t length = strcspn(at, ":");
        char real[PATH_MAX];
        const char *file = arena_printf(arena, "%.*s/%s", (int)length, at, name);
        if (length > 0 && access(file, X_OK) == 0 && realpath(file, real))
            return arena_strdup(arena, real);
        at += length + (at[length] == ':');
    }
    return NULL;
}

/* The program, and what the kernel starts to load it. */
static void allow_program(struct rules *rules, const char *name, struct arena *arena)
{
    static const char *const loaders[] = {"/lib64/ld-linux-x86-64.so.2",
                                          "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux.so.2",
                                          "/lib/ld-linux-armhf.so.3"};
    const char *program = find_program(name, arena);
    if (program)
        allow(rules, program, LANDLOCK_ACCESS_FS_EXECUTE);
    for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++)
        allow(rules, loaders[i], LANDLOCK_ACCESS_FS_EXECUTE);
}

static bool restrict_files(const struct sandbox *sandbox, struct arena *arena)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return false;
    struct rules rules = {.writing = TO_WRITE | (version >= 2 ? FROM_2_REFER : 0) |
                                     (version >= 3 ? FROM_3_TRUNCATE : 0)};
    struct rules_of handled = {.files = rules.writing | LANDLOCK_ACCESS_FS_EXECUTE,
                               .network = version >= 4 ? FROM_4_BIND_TCP | FROM_4_CONNECT_TCP : 0};
    size_t size = version >= 4 ? sizeof handled : sizeof handled.files;
    rules.descriptor = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
    if (rules.descriptor < 0)
        return false;
    for (size_t i = 0; i < sandbox->folder_count; i++)
        allow(&rules, nearest_folder(sandbox->folders[i], arena), rules.writing);
    for (size_t i = 0; i < sandbox->program_count; i++)
        allow_program(&rules, sandbox->programs[i], arena);
    allow(&rules, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE | (rules.writing & FROM_3_TRUNCATE));
    bool is_restricted =
        !rules.is_short && syscall(SYS_landlock_restrict_self, rules.descriptor, 0) == 0;
    close(rules.descriptor);
    return is_restricted;
}

/* ---- system calls: seccomp --------------------------------------------------------------- */

/* What no simulator asks for. Each fails with EPERM, as if not permitted. */
static const uint32_t refused[] = {SYS_socket,
                                   SYS_socketpair,
                                   SYS_connect,
                                   SYS_bind,
                                   SYS_listen,
                                   SYS_accept,
                                   SYS_accept4,
                                   SYS_sendto,
                                   SYS_sendmsg,
                                   SYS_sendmmsg,
                                   SYS_io_uring_setup,
                                   SYS_process_vm_readv,
                                   SYS_process_vm_writev,
                                   SYS_bpf,
                                   SYS_perf_event_open,
                                   SYS_userfaultfd,
                                   SYS_keyctl,
                                   SYS_add_key,
                                   SYS_request_key,
                                   SYS_mount,
                                   SYS_umount2,
                                   SYS_pivot_root,
                                   SYS_chroot,
                                   SYS_unshare,
                                   SYS_setns,
                                   SYS_init_module,
                                   SYS_finit_module,
                                   SYS_delete_module,
                                   SYS_kexec_load,
                                   SYS_kexec_file_load,
                                   SYS_reboot,
                                   SYS_swapon,
                                   SYS_swapoff,
                                   SYS_settimeofday,
                                   SYS_clock_settime,
                                   SYS_sethostname,
                                   SYS_mknodat,
                                   SYS_fchown,
                                   SYS_fchownat,
#ifdef SYS_chown /* machines that have the older calls, too */
                                   SYS_mknod,
                                   SYS_chown,
                                   SYS_lchown,
#endif
                                   SYS_open_by_handle_at};

/* The calling convention that the numbers above are of; without it there is no filter. */
#if defined __x86_64__
#define CONVENTION AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define CONVENTION AUDIT_ARCH_AARCH64
#else
#define CONVENTION 0
#endif
#define X32_CALLS UINT32_C(0x40000000) /* a second set of numbers on x86-64 */

/* The filter is the kernel's own form of it (Documentation/userspace-api/seccomp_filter.rst): a
 * call of another convention, or one in the list, is refused, any other allowed. It is written here
 * since libseccomp 2.5 loops or frees twice when memory runs out. */
static bool refuse_calls(void)
{
    enum { REFUSED = sizeof refused / sizeof refused[0], HEAD = 5, CODES = HEAD + REFUSED + 2 };
    struct sock_filter code[CODES] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CONVENTION, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JA, HEAD + REFUSED + 1 - 3, 0, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, REFUSED + 1, 0)};
    for (size_t i = 0; i < REFUSED; i++)
        code[HEAD + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused[i],
                                                      (uint8_t)(REFUSED - i), 0);
    code[HEAD + REFUSED] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[HEAD + REFUSED + 1] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    struct sock_fprog filter = {.len = CODES, .filter = code};
    return CONVENTION != 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/* ---- both -------------------------------------------------------------------------------- */

struct sandbox_state sandbox_enter(const struct sandbox *sandbox, struct arena *arena)
{
    struct sandbox_state state = {false, false};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return state;
    state.has_landlock = restrict_files(sandbox, arena);
    state.has_filter = refuse_calls();
    return state;
}

/* The folder that a file goes into. */
static const char *folder_of(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    return !slash ? "." : arena_printf(arena, "%.*s", (int)(slash - path + (slash == path)), path);
}

struct sandbox_state sandbox_enter_for(const struct cli *cli, struct arena *arena)
{
    static const char *const programs[] = {"rsvg-convert", "ssh-keygen"};
    static const enum cli_option_name places[] = {CLI_OPTION_OUT, CLI_OPTION_JUNIT,
                                                  CLI_OPTION_EVIDENCE};
    enum { PLACES = sizeof places / sizeof places[0], MOST = 2 * PLACES + 3 };
    const char *folders[MOST], *temporary = getenv("TMPDIR");
    bool writes_beside = cli->subcommand == CLI_INIT || cli->subcommand == CLI_BASELINE;
    struct sandbox sandbox = {.folders = folders, .programs = programs, .program_count = 2};
#ifdef CAPSIM_UNCONFINED
    return (struct sandbox_state){false, false};
#endif
    if (cli->given[CLI_OPTION_NO_SANDBOX].count > 0)
        return (struct sandbox_state){false, false};
    folders[sandbox.folder_count++] = temporary && *temporary ? temporary : "/tmp";
    if (writes_beside)
        folders[sandbox.folder_count++] = ".";
    for (size_t i = 0; i < PLACES; i++) {
        const char *given = cli_value(cli, places[i]);
        struct stat facts;
        if (!given)
            continue;
        bool is_folder = stat(given, &facts) == 0 && S_ISDIR(facts.st_mode);
        folders[sandbox.folder_count++] = is_folder ? given : folder_of(given, arena);
    }
    if (cli_is_approval(cli)) /* which replaces it */
        folders[sandbox.folder_count++] = folder_of(cli_value(cli, CLI_OPTION_BASELINE), arena);
    return sandbox_enter(&sandbox, arena);
}
