package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;

/**
 * One call of a program, with all that it is about.
 *
 * @param node the device
 * @param file its open file
 * @param caller the program's descriptors
 * @param number which request it is
 * @param struct the structure, as long as the program's
 * @param argument the program's memory, in which its lists lie, too
 * @param buffers the buffers of the open file, by handle
 */
record KmsRequest(
    KmsNode node,
    KmsNodeFile file,
    FileTable caller,
    int number,
    IoctlStruct struct,
    MemorySegment argument,
    KmsBuffers buffers) {

  /** Returns the open display. */
  KmsFile kms() {
    return file.kms();
  }

  int getInt(long at) {
    return struct.getInt(at);
  }

  long getUnsigned(long at) {
    return Integer.toUnsignedLong(struct.getInt(at));
  }

  long getLong(long at) {
    return struct.getLong(at);
  }

  void setInt(long at, int value) {
    struct.setInt(at, value);
  }

  /** Returns a list of the program's; EFAULT. */
  IoctlStruct list(long address, long bytes) {
    if (address == 0) {
      throw new DmaBufException(
          Errno.EFAULT, "A list of " + bytes + " bytes has no address; one would work");
    }
    return IoctlStruct.at(argument, address, bytes);
  }

  /** Tells numbers: as many as there is room for all of, and how many there are in any case. */
  void tell(long addressAt, long countAt, List<Integer> numbers) {
    if (getUnsigned(countAt) >= numbers.size() && !numbers.isEmpty()) {
      IoctlStruct list = list(getLong(addressAt), (long) numbers.size() * Integer.BYTES);
      for (int i = 0; i < numbers.size(); i++) {
        list.setInt((long) i * Integer.BYTES, numbers.get(i));
      }
    }
    setInt(countAt, numbers.size());
  }
}
