#pragma once
#include <hdf5.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

// Constants of HDF5 are macros that open the library first, which Swift cannot import.

static inline hid_t chdf5_dataset_creation_class(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_dataset_access_class(void) { return H5P_DATASET_ACCESS; }
static inline hid_t chdf5_file_access_class(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_float64(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_little_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_little_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_string(void) { return H5T_C_S1; }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_create_new(void) { return H5F_ACC_EXCL; }

// `H5P_DEFAULT`, `H5S_ALL` and `H5T_VARIABLE` are casts in macros.

static const hid_t chdf5_default = H5P_DEFAULT;
static const hid_t chdf5_everything = H5S_ALL;
static inline herr_t chdf5_make_variable_length(hid_t type) {
    return H5Tset_size(type, H5T_VARIABLE);
}

// The whole number of `size` bytes as files of ours store it: little endian. -1 for other sizes.
static inline hid_t chdf5_little_integer(size_t size, int is_signed) {
    switch (size) {
    case 1: return is_signed ? H5T_STD_I8LE : H5T_STD_U8LE;
    case 2: return is_signed ? H5T_STD_I16LE : H5T_STD_U16LE;
    case 4: return is_signed ? H5T_STD_I32LE : H5T_STD_U32LE;
    case 8: return is_signed ? H5T_STD_I64LE : H5T_STD_U64LE;
    default: return -1;
    }
}

// What the library last complained about. Its stack is walked with a callback and variable-length
// records; this gathers the innermost reason and the number of a failed system call in it.
struct chdf5_complaint {
    char text[256];
    int system_error;
};

static inline herr_t chdf5_note_complaint(
    unsigned depth, const H5E_error2_t *record, void *context
) {
    struct chdf5_complaint *complaint = (struct chdf5_complaint *)context;
    const char *text = record->desc ? record->desc : "";
    if (depth == 0) strncpy(complaint->text, text, sizeof complaint->text - 1);
    const char *number = strstr(text, "errno = ");
    if (number && complaint->system_error == 0) {
        for (number += 8; *number >= '0' && *number <= '9'; number++) {
            complaint->system_error = complaint->system_error * 10 + (*number - '0');
        }
        complaint->text[0] = 0;
        strncpy(complaint->text, text, sizeof complaint->text - 1);
    }
    return 0;
}

static inline struct chdf5_complaint chdf5_last_complaint(void) {
    struct chdf5_complaint complaint = {{0}, 0};
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, chdf5_note_complaint, &complaint);
    H5Eclear2(H5E_DEFAULT);
    return complaint;
}

// Calls of Linux that glibc declares under _GNU_SOURCE only, which Swift does not set.

extern int memfd_create(const char *name, unsigned flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// Memory without a name that two processes can share; closed when this one starts a program.
static inline int chdf5_anonymous_memory(void) { return memfd_create("voxels", 1 /* MFD_CLOEXEC */); }

// Has a program that is to be started close every descriptor from `first` on.
static inline int chdf5_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// Waits until the other end of `socket` has gone.
static inline void chdf5_wait_for_hangup(int socket) {
    struct pollfd entry = {socket, 0x2000 /* POLLRDHUP */, 0};
    while (poll(&entry, 1, -1) <= 0) {}
}

// Whole seconds of processor time this process has used; RUSAGE_SELF has a type of its own in Swift.
static inline long chdf5_processor_seconds(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
}

// prctl is variadic, which Swift cannot call. From here on no program started by this process can
// gain rights, and a crash of this one leaves no core file.
static inline int chdf5_give_up_privileges(void) {
    struct rlimit none = {0, 0};
    int cores = setrlimit(RLIMIT_CORE, &none);
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) | cores;
}

// setrlimit names its resource by an enumeration of glibc that Swift sees as another type than the
// constants. `value` becomes the soft limit; the hard one stays.
static inline int chdf5_limit(int resource, rlim_t value) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return -1;
    limit.rlim_cur = value < limit.rlim_max ? value : limit.rlim_max;
    return setrlimit(resource, &limit);
}
static inline int chdf5_limit_address_space(rlim_t bytes) { return chdf5_limit(RLIMIT_AS, bytes); }
static inline int chdf5_limit_processor(rlim_t seconds) {
    return chdf5_limit(RLIMIT_CPU, seconds);
}
static inline int chdf5_limit_open_files(rlim_t count) {
    return chdf5_limit(RLIMIT_NOFILE, count);
}

// Records of links and objects have unions, and other fields in later versions of the library.

// The kind of link `name` is in a group: 0 hard, 1 soft, 64 external, -1 none. `size` is that of
// its value.
static inline int chdf5_link_kind(hid_t group, const char *name, size_t *size) {
#if H5_VERSION_GE(1, 12, 0)
    H5L_info1_t info;
    if (H5Lget_info1(group, name, &info, H5P_DEFAULT) < 0) return -1;
#else
    H5L_info_t info;
    if (H5Lget_info(group, name, &info, H5P_DEFAULT) < 0) return -1;
#endif
    *size = info.type == H5L_TYPE_HARD ? 0 : info.u.val_size;
    return (int)info.type;
}

// What the object behind the hard link `name` is: 0 a group, 1 a dataset, another number otherwise,
// -1 if it cannot be opened. `file` and `address` together name the object.
static inline int chdf5_object_kind(
    hid_t group, const char *name, unsigned long *file, haddr_t *address
) {
#if H5_VERSION_GE(1, 12, 0)
    H5O_info1_t info;
#else
    H5O_info_t info;
#endif
    if (H5Oget_info_by_name2(group, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return -1;
    *file = info.fileno;
    *address = info.addr;
    return (int)info.type;
}
