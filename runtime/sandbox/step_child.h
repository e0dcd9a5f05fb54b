// What the first process of a step does, from the clone to the exec. It is a copy of a process with threads, so only async-signal-safe
// calls are made here: nothing is allocated, and libc's wrappers that talk to other threads (setuid and its kin) are passed by.
#pragma once

#include "runtime/sandbox/prepared_step.h"
#include "runtime/sandbox/setup_stage.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mabplan::runtime {

// The system call: what a sanitizer has to say at the end of a process is about the parent.
[[noreturn]] inline void end_process(int code) {
    for (;;) ::syscall(SYS_exit_group, code);
}

// Descriptors of the parent that the child takes along; all the others are closed.
struct ChildDescriptors {
    int status = -1;  // SetupReports go there
    int output = -1;  // for Stdio::Captured
    int error_output = -1;
    int terminal = -1;        // a socket, for Stdio::Terminal
    int parent = -1;          // pidfd of mabplan, to see that it has not died meanwhile
    winsize terminal_size{};  // no rows: it has none
};

class StepChild {
public:
    StepChild(const PreparedStep& step, const ChildDescriptors& descriptors) : step_(step), descriptors_(descriptors) {}
    [[noreturn]] void run();

private:
    // step_init.cpp: PID 1
    void die_with_parent();
    void join_network();
    void connect_stdio();
    void reset_signals();
    void forget_arguments();
    void enter_namespaces();
    [[noreturn]] void reap_until_end(int command);
    bool has_own_session() const { return step_.spec->stdio != Stdio::Inherited; }
    bool has_no_input() const { return step_.spec->stdio == Stdio::Captured || step_.spec->stdio == Stdio::InheritedOutput; }
    // step_terminal.cpp
    void open_terminal();
    void take_terminal();
    // step_root.cpp: the tree of mounts
    void build_root();
    void make_room();
    int make_room_file(const char* name, const std::string& text);
    void mount_overlay();
    int open_image_folder(const char* name, SetupStage stage, SetupNote made);
    void mount_proc(int folder);
    void open_network_to_all();
    void set_kernel_value(const char* path, const std::string& value) const;
    void mount_sys(int folder);
    int mount_dev(int folder);
    void protect_proc(int proc, int null_device);
    void protect_sys(int sys, int null_device);
    void mount_etc_file(const char* name, SetupStage stage);
    void pivot();
    // step_mounts.cpp: what is mounted in it beside that
    void attach_mounts();
    int open_mount(const PreparedMount& prepared);
    int open_layers(const PreparedMount& prepared);
    int open_file_in_memory(const PreparedMount& prepared, const FileMount& content);
    int open_mount_point(const PreparedMount& prepared, bool is_folder);
    // step_command.cpp: the command's own process
    void enter_cwd();
    [[noreturn]] void become_command();
    void drop_bounding_set();
    void load_seccomp();
    void become_user();
    void set_capabilities();
    [[noreturn]] void exec_command();

    void report(const SetupReport& said);
    [[noreturn]] void fail_setup(SetupStage stage, int error);
    void check(bool done, SetupStage stage);  // fails with errno
    void check_mount(bool done, SetupStage stage);

    const PreparedStep& step_;
    ChildDescriptors descriptors_;
    int root_ = -1;  // the merged tree
    int null_ = -1;  // our /dev/null
    int proc_ = -1;
    int sys_ = -1;
    int notes_ = 0;
    std::int32_t mount_ = 0;  // the number of the mount that is being attached
};

}  // namespace mabplan::runtime
