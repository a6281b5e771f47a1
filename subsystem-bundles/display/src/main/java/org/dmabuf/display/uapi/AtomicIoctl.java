package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.dmabuf.DmaBufException;
import org.dmabuf.display.Mode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;

/**
 * An atomic commit as a program makes it: properties of objects by their numbers, and room for the
 * descriptors of fences that come back.
 *
 * <pre>
 *   structure | objects u32[] | counts u32[] | properties u32[] | fences s32[] | values u64[]
 * </pre>
 *
 * <p>Used by one thread, once. All calls throw what those of {@link KmsIoctl} do. Kernel
 * counterpart: {@code DRM_IOCTL_MODE_ATOMIC}.
 */
public final class AtomicIoctl {
  /** Makes changes together. */
  public static final int ATOMIC = Ioctl.readWrite(KmsIoctl.TYPE, 0xbc, CommitCalls.ATOMIC_BYTES);

  /** Keeps a value that is longer than a number. */
  public static final int CREATEPROPBLOB =
      Ioctl.readWrite(KmsIoctl.TYPE, 0xbd, PropertyCalls.BLOB_BYTES);

  /** Takes such a value away. */
  public static final int DESTROYPROPBLOB = Ioctl.readWrite(KmsIoctl.TYPE, 0xbe, Integer.BYTES);

  private record Setting(int object, int property, long value, boolean fence) {}

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final List<Setting> settings = new ArrayList<>();
  private MemorySegment memory;

  /** Sets a property. */
  public AtomicIoctl set(int object, int property, long value) {
    settings.add(new Setting(object, property, value, false));
    return this;
  }

  /** Asks for a fence by a property that takes the address of its descriptor. */
  public AtomicIoctl askFence(int object, int property) {
    settings.add(new Setting(object, property, 0, true));
    return this;
  }

  /**
   * Makes the commit.
   *
   * @param flags see {@link KmsIoctl}
   * @param userData what events carry back
   * @throws DmaBufException EACCES; EINVAL; ENOENT for an object or a property; ENOSPC; ERANGE;
   *     EBUSY; ERESTARTSYS
   */
  public void commit(FileTable table, int device, int flags, long userData) {
    int count = settings.size();
    long bytes = Ioctl.bytes(ATOMIC);
    memory = KmsIoctl.segment(ATOMIC, count * (4L * Integer.BYTES + Long.BYTES));
    long block = (long) count * Integer.BYTES;
    IoctlStruct struct = IoctlStruct.of(ATOMIC, memory);
    struct.setInt(0, flags);
    struct.setInt(CommitCalls.ATOMIC_COUNT, count);
    struct.setLong(CommitCalls.ATOMIC_OBJECTS, memory.address() + bytes);
    struct.setLong(CommitCalls.ATOMIC_COUNTS, memory.address() + bytes + block);
    struct.setLong(CommitCalls.ATOMIC_PROPERTIES, memory.address() + bytes + 2 * block);
    struct.setLong(CommitCalls.ATOMIC_VALUES, memory.address() + bytes + 4 * block);
    struct.setLong(CommitCalls.ATOMIC_USER_DATA, userData);
    for (int i = 0; i < count; i++) {
      Setting setting = settings.get(i);
      long at = bytes + (long) i * Integer.BYTES;
      memory.set(INT, at, setting.object());
      memory.set(INT, at + block, 1);
      memory.set(INT, at + 2 * block, setting.property());
      memory.set(INT, fenceAt(i), -1);
      memory.set(
          LONG,
          bytes + 4 * block + (long) i * Long.BYTES,
          setting.fence() ? memory.address() + fenceAt(i) : setting.value());
    }
    table.ioctl(device, ATOMIC, memory);
  }

  /**
   * Returns the descriptor of a fence that was asked for.
   *
   * @param property by which it was asked for
   * @return empty when there is none
   */
  public OptionalInt fence(int object, int property) {
    for (int i = 0; memory != null && i < settings.size(); i++) {
      Setting setting = settings.get(i);
      if (setting.fence() && setting.object() == object && setting.property() == property) {
        int fd = memory.get(INT, fenceAt(i));
        return fd < 0 ? OptionalInt.empty() : OptionalInt.of(fd);
      }
    }
    return OptionalInt.empty();
  }

  private long fenceAt(int setting) {
    return Ioctl.bytes(ATOMIC) + (3L * settings.size() + setting) * Integer.BYTES;
  }

  /**
   * Keeps a mode under a number, for the property MODE_ID.
   *
   * @return its number, 1 or more
   */
  public static int createMode(FileTable table, int device, Mode mode) {
    int bytes = Ioctl.bytes(CREATEPROPBLOB);
    MemorySegment memory = KmsIoctl.segment(CREATEPROPBLOB, ModeInfo.BYTES);
    ModeInfo.write(memory.asSlice(bytes, ModeInfo.BYTES), mode, false);
    IoctlStruct struct = IoctlStruct.of(CREATEPROPBLOB, memory);
    struct.setLong(0, memory.address() + bytes);
    struct.setInt(PropertyCalls.BLOB_LENGTH, ModeInfo.BYTES);
    table.ioctl(device, CREATEPROPBLOB, memory);
    return struct.getInt(PropertyCalls.BLOB_ID);
  }

  /**
   * Takes a value away; what is set to it stays so.
   *
   * @throws DmaBufException ENOENT for none of that number, EPERM for another file's
   */
  public static void destroyBlob(FileTable table, int device, int blob) {
    MemorySegment memory = KmsIoctl.segment(DESTROYPROPBLOB, 0);
    IoctlStruct.of(DESTROYPROPBLOB, memory).setInt(0, blob);
    table.ioctl(device, DESTROYPROPBLOB, memory);
  }
}
