package org.dmabuf.gem;

import java.lang.foreign.MemorySegment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;

/**
 * The requests of a GEM device, and how a program makes each of them with one call.
 *
 * <p>All calls throw EBADF when the device is not open, ENOTTY when it is no device, ENODEV when
 * its driver has gone. Kernel counterpart: {@code include/uapi/drm/drm.h}, {@code drm_mode.h}.
 */
public final class GemIoctl {
  static final char TYPE = 'd';

  /** Tells the driver's version and name. */
  public static final int VERSION = Ioctl.readWrite(TYPE, 0x00, GemVersion.BYTES);

  /** Agrees on the version of the interface and of the driver. */
  public static final int SET_VERSION = Ioctl.readWrite(TYPE, 0x07, 16);

  /** Takes a handle back. */
  public static final int CLOSE = Ioctl.write(TYPE, 0x09, 8);

  /** Makes a descriptor of an object's dma-buf. */
  public static final int HANDLE_TO_FD = Ioctl.readWrite(TYPE, 0x2d, 12);

  /** Gives a dma-buf a handle. */
  public static final int FD_TO_HANDLE = Ioctl.readWrite(TYPE, 0x2e, 12);

  /** Makes an object by width and height. */
  public static final int CREATE_DUMB = Ioctl.readWrite(TYPE, 0xb2, 32);

  /** Tells where in the device's file an object can be mapped. */
  public static final int MAP_DUMB = Ioctl.readWrite(TYPE, 0xb3, 16);

  /** Takes a handle back, as {@link #CLOSE}. */
  public static final int DESTROY_DUMB = Ioctl.readWrite(TYPE, 0xb4, 4);

  /** Flag of {@link #handleToFd}: the descriptor is closed on exec. */
  public static final int CLOEXEC = OpenFlags.O_CLOEXEC;

  /** Flag of {@link #handleToFd}: programs may map the dma-buf for stores. */
  public static final int RDWR = OpenFlags.O_RDWR;

  private GemIoctl() {}

  /**
   * Makes an object that is wide and high enough for a picture, zeroed.
   *
   * @param table the program's descriptors, whose account is charged, never null
   * @param device the device
   * @param width pixels, unsigned, 1 or more
   * @param height rows, unsigned, 1 or more
   * @param bpp bits for each pixel, unsigned, 1 or more
   * @return what it became, never null
   * @throws DmaBufException EINVAL for a 0, 4 GiB or more, or a device without dumb buffers; ENOMEM
   */
  public static DumbBuffer createDumb(FileTable table, int device, int width, int height, int bpp) {
    MemorySegment memory = segment(CREATE_DUMB);
    IoctlStruct struct = IoctlStruct.of(CREATE_DUMB, memory);
    struct.setInt(GemRequests.DUMB_WIDTH, width);
    struct.setInt(GemRequests.DUMB_HEIGHT, height);
    struct.setInt(GemRequests.DUMB_BPP, bpp);
    table.ioctl(device, CREATE_DUMB, memory);
    return new DumbBuffer(
        struct.getInt(GemRequests.DUMB_HANDLE),
        struct.getInt(GemRequests.DUMB_PITCH),
        struct.getLong(GemRequests.DUMB_SIZE));
  }

  /**
   * Tells where in the device's file an object can be mapped.
   *
   * @return the offset for {@code table.mmap} of the device's descriptor, for as long as the object
   *     lives
   * @throws DmaBufException ENOENT for a handle that the file does not have; EINVAL for an object
   *     that was imported; ENOSPC when there are too many
   */
  public static long mapDumb(FileTable table, int device, int handle) {
    MemorySegment memory = segment(MAP_DUMB);
    IoctlStruct struct = IoctlStruct.of(MAP_DUMB, memory);
    struct.setInt(GemRequests.HANDLE, handle);
    table.ioctl(device, MAP_DUMB, memory);
    return struct.getLong(GemRequests.OFFSET);
  }

  /**
   * Maps an object from its beginning for loads and stores, by {@link #mapDumb} and an mmap.
   *
   * @param length bytes, rounded up to pages
   * @return the mapping, which keeps the object, never null
   * @throws DmaBufException as {@link #mapDumb}, and as {@link FileTable#mmap}; EINVAL for more
   *     than the object has
   */
  public static CpuMapping mmapDumb(FileTable table, int device, int handle, long length) {
    long offset = mapDumb(table, device, handle);
    int protection = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;
    return table.mmap(device, length, offset, protection, MmapFlags.MAP_SHARED);
  }

  /**
   * Takes a handle back, however often the object was imported; it lives as long as others have it.
   *
   * @throws DmaBufException EINVAL for a handle that the file does not have
   */
  public static void close(FileTable table, int device, int handle) {
    closeBy(CLOSE, table, device, handle);
  }

  /** As {@link #close}. */
  public static void destroyDumb(FileTable table, int device, int handle) {
    closeBy(DESTROY_DUMB, table, device, handle);
  }

  /**
   * Makes a descriptor of an object's dma-buf, which is always the same: so the first call decides
   * whether it is open for writing.
   *
   * @param flags {@link #CLOEXEC} and {@link #RDWR}
   * @return the descriptor
   * @throws DmaBufException EINVAL for other flags; ENOENT for a handle that the file does not
   *     have, and when the driver leaves; EMFILE
   */
  public static int handleToFd(FileTable table, int device, int handle, int flags) {
    MemorySegment memory = segment(HANDLE_TO_FD);
    IoctlStruct struct = IoctlStruct.of(HANDLE_TO_FD, memory);
    struct.setInt(GemRequests.HANDLE, handle);
    struct.setInt(GemRequests.FLAGS, flags);
    table.ioctl(device, HANDLE_TO_FD, memory);
    return struct.getInt(GemRequests.FD);
  }

  /**
   * Gives a dma-buf a handle: the one that it has in this file, or a new one. One of the same
   * device becomes the object that it is of, any other one is attached and mapped.
   *
   * @param fd the dma-buf, whatever its access mode
   * @return the handle, 1 or more
   * @throws DmaBufException EBADF when fd is not open; EINVAL when it is no dma-buf, or the driver
   *     uses only its own; the exporter's errors
   */
  public static int fdToHandle(FileTable table, int device, int fd) {
    MemorySegment memory = segment(FD_TO_HANDLE);
    IoctlStruct struct = IoctlStruct.of(FD_TO_HANDLE, memory);
    struct.setInt(GemRequests.FD, fd);
    table.ioctl(device, FD_TO_HANDLE, memory);
    return struct.getInt(GemRequests.HANDLE);
  }

  static MemorySegment segment(int request) {
    return MemorySegment.ofArray(new byte[Ioctl.bytes(request)]);
  }

  private static void closeBy(int request, FileTable table, int device, int handle) {
    MemorySegment memory = segment(request);
    IoctlStruct.of(request, memory).setInt(GemRequests.HANDLE, handle);
    table.ioctl(device, request, memory);
  }
}
