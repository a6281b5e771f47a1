package org.dmabuf.file;

/**
 * What is known of an open file without reading it. Kernel counterpart: {@code struct stat} and
 * {@code struct statfs}.
 *
 * @param mode permission bits, and the bits of a type for files that have one
 * @param links how many names it has
 * @param inode its number in its file system
 * @param uid its user's number, 0 until changed
 * @param gid its group's number, 0 until changed
 * @param size bytes
 * @param blockSize bytes that are good to read at a time
 * @param blocks of 512 bytes
 * @param accessed nanoseconds since 1970 as a program has set them; 0 until then
 * @param modified nanoseconds since 1970 as a program has set them; 0 until then
 * @param fileSystem where it lies, never null
 */
public record FileStatus(
    int mode,
    int links,
    long inode,
    int uid,
    int gid,
    long size,
    int blockSize,
    long blocks,
    long accessed,
    long modified,
    PseudoFs fileSystem) {}
