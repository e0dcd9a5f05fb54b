#include "runtime/sandbox/step_child.h"
#include "runtime/sandbox/terminal_relay.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mabplan::runtime {

// In the step's own /dev/pts, so that its programs find it by its name. It is the user's, as that of a login is.
void StepChild::open_terminal() {
    const int master = ::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    int locked = 0;
    check(master >= 0 && ::ioctl(master, TIOCSPTLCK, &locked) == 0, SetupStage::Terminal);
    const int terminal = ::ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    check(terminal >= 0, SetupStage::Terminal);
    // before anybody could ask for it
    if (descriptors_.terminal_size.ws_row > 0) ::ioctl(master, TIOCSWINSZ, &descriptors_.terminal_size);
    // an id that is not mapped is told of when the command is to become it
    static_cast<void>(::fchown(terminal, step_.spec->uid, static_cast<gid_t>(-1)) == 0);
    check(send_descriptor(descriptors_.terminal, master), SetupStage::Terminal);
    for (const int stream : {0, 1, 2}) check(::dup2(terminal, stream) == stream, SetupStage::Terminal);
}

// The command's session, and its terminal.
void StepChild::take_terminal() { check(::ioctl(0, TIOCSCTTY, 0) == 0, SetupStage::Terminal); }

}  // namespace mabplan::runtime
