// Sets an extended attribute from hexadecimal digits: set_xattr FILE NAME HEX. Without HEX it prints the value so.
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

int main(int argc, char** argv) {
    unsigned char value[256];
    if (argc == 3) {
        const ssize_t size = getxattr(argv[1], argv[2], value, sizeof value);
        for (ssize_t at = 0; at < size; ++at) printf("%02x", value[at]);
        puts("");
        return size < 0;
    }
    const size_t size = strlen(argv[3]) / 2;
    for (size_t at = 0; at < size; ++at) {
        unsigned byte = 0;
        if (sscanf(argv[3] + 2 * at, "%2x", &byte) != 1) return 2;
        value[at] = (unsigned char)byte;
    }
    if (setxattr(argv[1], argv[2], value, size, 0) == 0) return 0;
    perror(argv[1]);
    return 1;
}
