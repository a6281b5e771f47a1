package org.dmabuf.stress;

import java.util.function.IntSupplier;
import org.dmabuf.DmaBufException;
import org.dmabuf.ManualClock;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.memory.MemoryAccount;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * Descriptors of one table: the lowest free number, and errors of those that are not open. Without
 * dup, which in Linux too is two steps: it takes the file, then a number.
 */
@Param(name = "fd", gen = IntGen.class, conf = "0:2")
public class TableOperations {
  private static final int LIMIT = 3;
  private static final int PAGE = 4096;

  private final FileTable table =
      new FileTable("program", new MemoryAccount("program"), LIMIT, PAGE, new ManualClock());

  @Operation
  public String open() {
    return answer(() -> table.install(new Nothing(), false));
  }

  @Operation
  public String get(@Param(name = "fd") int fd) {
    return answer(
        () -> {
          table.get(fd).put();
          return 0;
        });
  }

  @Operation
  public String close(@Param(name = "fd") int fd) {
    return answer(
        () -> {
          table.close(fd);
          return 0;
        });
  }

  private static String answer(IntSupplier call) {
    try {
      return Integer.toString(call.getAsInt());
    } catch (DmaBufException refused) {
      return refused.errno().name();
    }
  }

  /** A file of which nothing can be asked. */
  private static final class Nothing extends OpenFile {
    Nothing() {
      super(OpenFlags.O_RDWR);
    }

    @Override
    public String describe() {
      return "nothing";
    }

    @Override
    protected void released() {
      // It has nothing to give back.
    }
  }
}
