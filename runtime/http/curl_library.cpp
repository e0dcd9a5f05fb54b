#include "runtime/http/curl_library.h"

#include "plans/base/format.h"

#include <dlfcn.h>

namespace mabplan::runtime {

namespace {

constexpr const char* kLibrary = "libcurl.so.4";  // the name of its binary interface, the same since 2006

Failure no_curl(const char* why) {
    return fail(ErrorKind::Environment, format("the network can't be asked: {}", why != nullptr ? why : "libcurl does not start"),
                "install libcurl (Debian: libcurl4)");
}

template <typename Function>
bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

// The library stays loaded to the end: what it made may live in other threads.
Result<CurlLibrary> load() {
    void* library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return no_curl(::dlerror());
    CurlLibrary found;
    const bool whole = find(library, "curl_global_init", found.global_init) && find(library, "curl_easy_init", found.easy_init) &&
                       find(library, "curl_easy_cleanup", found.easy_cleanup) && find(library, "curl_easy_reset", found.easy_reset) &&
                       find(library, "curl_easy_setopt", found.easy_setopt) && find(library, "curl_easy_getinfo", found.easy_getinfo) &&
                       find(library, "curl_easy_perform", found.easy_perform) && find(library, "curl_easy_strerror", found.easy_strerror) &&
                       find(library, "curl_slist_append", found.slist_append) && find(library, "curl_slist_free_all", found.slist_free_all);
    if (!whole) return no_curl(::dlerror());
    if (found.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return no_curl(nullptr);
    return found;
}

}  // namespace

const Result<CurlLibrary>& load_curl() {
    static const Result<CurlLibrary> loaded = load();
    return loaded;
}

}  // namespace mabplan::runtime
