package org.dmabuf.file;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The requests that every descriptor answers, whatever it names; they come before those of the kind
 * of file. Kernel counterpart: {@code do_vfs_ioctl()}.
 */
public final class GenericIoctl {
  /** Clears close on exec. */
  public static final int FIONCLEX = 0x5450;

  /** Sets close on exec. */
  public static final int FIOCLEX = 0x5451;

  /** Sets or clears O_NONBLOCK by an int. */
  public static final int FIONBIO = 0x5421;

  /** Sets or clears O_ASYNC by an int; ENOTTY when that changes it, for no file sends signals. */
  public static final int FIOASYNC = 0x5452;

  /** Fills an int with the block size. */
  public static final int FIGETBSZ = Ioctl.none('\0', 2);

  /** Freezes the file system, which none of ours can: EOPNOTSUPP. */
  public static final int FIFREEZE = Ioctl.readWrite('X', 119, Integer.BYTES);

  private GenericIoctl() {}

  /** Does a request if it is one of these; returns whether it was. */
  static boolean handles(FileTable table, int fd, OpenFile file, int request, MemorySegment arg) {
    if (request == FIOCLEX || request == FIONCLEX) {
      table.setCloseOnExec(fd, request == FIOCLEX);
    } else if (request == FIONBIO) {
      set(file, OpenFlags.O_NONBLOCK, isOn(arg));
    } else if (request == FIOASYNC) {
      if (isOn(arg) != ((file.flags() & OpenFlags.O_ASYNC) != 0)) {
        throw new DmaBufException(Errno.ENOTTY, file.describe() + " sends no signals; wait for it");
      }
    } else if (request == FIGETBSZ) {
      integer(arg).setInt(0, file.blockSize());
    } else if (request == FIFREEZE) {
      throw new DmaBufException(
          Errno.EOPNOTSUPP, file.describe() + " lies in no file system that can be frozen");
    } else {
      return false;
    }
    return true;
  }

  private static boolean isOn(MemorySegment argument) {
    return integer(argument).getInt(0) != 0;
  }

  /** These numbers are older than their packing and name no size. */
  private static IoctlStruct integer(MemorySegment argument) {
    return IoctlStruct.of(Ioctl.write('\0', 0, Integer.BYTES), argument);
  }

  private static void set(OpenFile file, int flag, boolean on) {
    file.setStatusFlags(on ? file.flags() | flag : file.flags() & ~flag);
  }
}
