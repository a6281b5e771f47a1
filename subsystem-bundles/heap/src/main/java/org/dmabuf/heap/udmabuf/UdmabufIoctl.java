package org.dmabuf.heap.udmabuf;

import org.dmabuf.file.Ioctl;

/**
 * The requests of an open udmabuf device, and their structures.
 *
 * <pre>
 *   udmabuf_create        0 memfd (32)    4 flags (32)     8 offset (64)   16 size (64)
 *   udmabuf_create_list   0 flags (32)    4 count (32)     8 items, 24 bytes each:
 *                             0 memfd (32)    4 (32 unused)    8 offset (64)   16 size (64)
 * </pre>
 *
 * <p>Kernel counterpart: {@code uapi/linux/udmabuf.h}.
 */
public final class UdmabufIoctl {
  /** Bytes of the structure of {@link #UDMABUF_CREATE}, and of an item of a list. */
  public static final int BYTES = 24;

  /** Bytes of the head of a list. */
  public static final int HEAD_BYTES = 8;

  /** Makes a buffer of one memory file; the answer is its descriptor. */
  public static final int UDMABUF_CREATE = Ioctl.write('u', 0x42, BYTES);

  /** Makes a buffer of several; the answer is its descriptor. */
  public static final int UDMABUF_CREATE_LIST = Ioctl.write('u', 0x43, HEAD_BYTES);

  /** Where the memory file's descriptor lies. */
  public static final int MEMFD = 0;

  /** Where the flags of {@link #UDMABUF_CREATE} lie. */
  public static final int FLAGS = 4;

  /** Where the offset lies. */
  public static final int OFFSET = 8;

  /** Where the size lies. */
  public static final int SIZE = 16;

  /** Where the flags of a list lie. */
  public static final int LIST_FLAGS = 0;

  /** Where the number of items of a list lies. */
  public static final int COUNT = 4;

  private UdmabufIoctl() {}
}
