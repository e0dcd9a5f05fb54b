#include "runtime/sys/fd.h"

#include <unistd.h>

namespace mabplan::runtime {

void Fd::reset(int number) {
    if (number_ >= 0) ::close(number_);
    number_ = number;
}

}  // namespace mabplan::runtime
