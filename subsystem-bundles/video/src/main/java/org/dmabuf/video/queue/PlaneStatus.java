package org.dmabuf.video.queue;

/**
 * What a queue says of one plane of a buffer. Kernel counterpart: {@code struct v4l2_plane}.
 *
 * @param length bytes of the plane's memory
 * @param bytesUsed bytes of it that hold the frame
 * @param dataOffset where the frame begins in it, in bytes
 * @param offset where the device's file maps it, for MMAP; else 0
 * @param place the descriptor or the address that it was last given, for DMABUF and USERPTR; else 0
 */
public record PlaneStatus(long length, long bytesUsed, int dataOffset, long offset, long place) {}
