// The calls that a step must not make, by number on each ABI of an x86_64 machine, as the kernel's headers have them. Written down apart
// from the filter, which goes by names.
#pragma once

#include <array>

namespace mabplan::runtime::tests {

struct DeniedCall {
    const char* name;
    int x86_64;  // -1: there is none
    int i386;
    int x32;  // without the bit 2^30
};

constexpr std::array kDeniedCalls = std::to_array<DeniedCall>({
    {"add_key", 248, 286, 248},
    {"keyctl", 250, 288, 250},
    {"request_key", 249, 287, 249},
    {"bpf", 321, 357, 321},
    {"io_uring_setup", 425, 425, 425},
    {"io_uring_enter", 426, 426, 426},
    {"io_uring_register", 427, 427, 427},
    {"userfaultfd", 323, 374, 323},
    {"perf_event_open", 298, 336, 298},
    {"lookup_dcookie", 212, 253, 212},
    {"vm86", -1, 166, -1},
    {"vm86old", -1, 113, -1},
    {"uselib", 134, 86, -1},
    {"ioperm", 173, 101, 173},
    {"iopl", 172, 110, 172},
    {"kcmp", 312, 349, 312},
    {"mount", 165, 21, 165},
    {"umount", -1, 22, -1},
    {"umount2", 166, 52, 166},
    {"mount_setattr", 442, 442, 442},
    {"move_mount", 429, 429, 429},
    {"open_tree", 428, 428, 428},
    {"fsopen", 430, 430, 430},
    {"fsconfig", 431, 431, 431},
    {"fsmount", 432, 432, 432},
    {"fspick", 433, 433, 433},
    {"pivot_root", 155, 217, 155},
    {"statmount", 457, 457, 457},
    {"listmount", 458, 458, 458},
    {"setns", 308, 346, 308},
    {"unshare", 272, 310, 272},
    {"open_by_handle_at", 304, 342, 304},
    {"acct", 163, 51, 163},
    {"create_module", 174, 127, -1},
    {"delete_module", 176, 129, 176},
    {"finit_module", 313, 350, 313},
    {"init_module", 175, 128, 175},
    {"get_kernel_syms", 177, 130, -1},
    {"query_module", 178, 167, -1},
    {"kexec_file_load", 320, -1, 320},
    {"kexec_load", 246, 283, 528},
    {"nfsservctl", 180, 169, -1},
    {"reboot", 169, 88, 169},
    {"swapon", 167, 87, 167},
    {"swapoff", 168, 115, 168},
    {"sysfs", 139, 135, 139},
    {"_sysctl", 156, 149, -1},
    {"syslog", 103, 103, 103},
    {"quotactl", 179, 131, 179},
    {"quotactl_fd", 443, 443, 443},
    {"sethostname", 170, 74, 170},
    {"setdomainname", 171, 121, 171},
    {"vhangup", 153, 111, 153},
    {"ustat", 136, 62, 136},
    {"fanotify_init", 300, 338, 300},
    {"clock_settime", 227, 264, 227},
    {"clock_settime64", -1, 404, -1},
    {"settimeofday", 164, 79, 164},
    {"stime", -1, 25, -1},
    {"pidfd_getfd", 438, 438, 438},
    {"process_madvise", 440, 440, 440},
    {"mbind", 237, 274, 237},
    {"migrate_pages", 256, 294, 256},
    {"move_pages", 279, 317, 533},
    {"set_mempolicy", 238, 276, 238},
    {"set_mempolicy_home_node", 450, 450, 450},
    {"get_mempolicy", 239, 275, 239},
    {"lsm_get_self_attr", 459, 459, 459},
    {"lsm_set_self_attr", 460, 460, 460},
    {"lsm_list_modules", 461, 461, 461},
});

}  // namespace mabplan::runtime::tests
