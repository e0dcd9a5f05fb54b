#include "runtime/store/turns_of_actions.h"

#include "plans/base/format.h"
#include "runtime/store/waited_lock.h"
#include "runtime/sys/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>

namespace mabplan::runtime {

Result<ActionTurn> ActionTurn::take(const std::string& store_root, const TurnRequest& request) {
    const std::string folder = store_root + "/running";
    const std::string path = format("{}/{}", folder, request.key.hex());
    MABPLAN_CHECK(make_directories(folder, 0700));
    const auto begin = std::chrono::steady_clock::now();
    for (;;) {
        MABPLAN_TRY(lock, open_file(path, O_RDWR | O_CREAT, 0600));
        MABPLAN_CHECK(wait_for_lock(lock, LOCK_EX, path, {request.waiting, request.stop_fd}));
        MABPLAN_TRY(is_there, is_still_there(lock, path));
        if (!is_there) continue;  // who had it took the file away
        return ActionTurn(path, std::move(lock), std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
}

// The file goes while it is locked: who waits for it notices.
ActionTurn::~ActionTurn() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace mabplan::runtime
