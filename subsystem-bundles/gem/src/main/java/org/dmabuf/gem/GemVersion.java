package org.dmabuf.gem;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.IoctlStruct;

/**
 * The versions of the interface and of a driver, as programs ask for them when they have opened a
 * device.
 *
 * <pre>
 *   VERSION       0 major s32 | 4 minor s32 | 8 patch s32 | 16 name_len u64 | 24 name u64
 *                 | 32 date_len u64 | 40 date u64 | 48 desc_len u64 | 56 desc u64
 *   SET_VERSION   0 di_major s32 | 4 di_minor s32 | 8 dd_major s32 | 12 dd_minor s32
 *                 -1 for a major asks nothing; the answer has both versions in any case
 * </pre>
 *
 * <p>Kernel counterpart: {@code drm_version()} and {@code drm_setversion()}.
 */
final class GemVersion {
  static final int BYTES = 64;

  private static final int INTERFACE_MAJOR = 1;
  private static final int INTERFACE_MINOR = 4;
  private static final int DRIVER_MAJOR = 1;
  private static final int DRIVER_MINOR = 0;
  private static final int NAME_LENGTH = 16;
  private static final int DATE_LENGTH = 32;
  private static final int DESCRIPTION_LENGTH = 48;

  private GemVersion() {}

  /**
   * Tells version and name; the date is empty, the description is the name.
   *
   * @param argument the caller's memory, in which its texts lie
   * @throws DmaBufException EFAULT for texts elsewhere
   */
  static void tell(String name, IoctlStruct struct, MemorySegment argument) {
    struct.setInt(0, DRIVER_MAJOR);
    struct.setInt(4, DRIVER_MINOR);
    struct.setInt(8, 0);
    text(struct, NAME_LENGTH, argument, name);
    text(struct, DATE_LENGTH, argument, "");
    text(struct, DESCRIPTION_LENGTH, argument, name);
  }

  /** As much of a text as there is room for, without a zero byte; its length in any case. */
  private static void text(IoctlStruct struct, long at, MemorySegment argument, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long room = struct.getLong(at);
    long count = room < 0 ? bytes.length : Math.min(room, bytes.length);
    long address = struct.getLong(at + Long.BYTES);
    struct.setLong(at, bytes.length);
    if (count > 0 && address != 0) {
      IoctlStruct into = IoctlStruct.at(argument, address, count);
      // One more than its bytes, as the last one of a place is always 0, and cut to the place.
      into.setText(0, bytes.length + 1, text);
    }
  }

  /**
   * Agrees on the versions.
   *
   * @throws DmaBufException EINVAL for others; the answer is written all the same
   */
  static void agree(String device, IoctlStruct struct) {
    boolean fits =
        fits(struct.getInt(0), struct.getInt(4), INTERFACE_MAJOR, INTERFACE_MINOR)
            && fits(struct.getInt(8), struct.getInt(12), DRIVER_MAJOR, DRIVER_MINOR);
    struct.setInt(0, INTERFACE_MAJOR);
    struct.setInt(4, INTERFACE_MINOR);
    struct.setInt(8, DRIVER_MAJOR);
    struct.setInt(12, DRIVER_MINOR);
    if (!fits) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Device "
              + device
              + " was to have other versions; interface 1.0 to 1.4 and driver 1.0 would work");
    }
  }

  private static boolean fits(int major, int minor, int hasMajor, int hasMinor) {
    return major == -1 || (major == hasMajor && minor >= 0 && minor <= hasMinor);
  }
}
