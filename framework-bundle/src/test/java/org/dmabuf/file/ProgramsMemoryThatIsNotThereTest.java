package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Threads;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A read of a memory file into freed memory threw what is no error of ours, one into memory that
 * may not be written was EACCES, and a write from freed memory had made the file longer already.
 */
class ProgramsMemoryThatIsNotThereTest {
  @RegisterExtension final Framework framework = new Framework();
  private FileTable table;
  private int fd;

  @BeforeEach
  void open() {
    DmaBufRegistry registry = framework.open("program");
    table = registry.files();
    fd = registry.memfd(table, "test", 8, 0, false);
  }

  private void assertFault(MemorySegment memory) {
    assertErrno(Errno.EFAULT, () -> table.read(fd, memory));
    assertErrno(Errno.EFAULT, () -> table.contents().read(fd, memory, 4));
    assertErrno(Errno.EFAULT, () -> table.write(fd, memory));
    assertErrno(Errno.EFAULT, () -> table.contents().write(fd, memory, 100));
    assertThat(table.stat(fd).size()).isEqualTo(8);
    assertThat(table.fdinfo(fd)).startsWith("pos:\t0\n");
  }

  @Test
  void freedMemoryIsEfaultAndChangesNothing() {
    Arena arena = Arena.ofConfined();
    MemorySegment freed = arena.allocate(8);
    arena.close();
    assertFault(freed);
  }

  @Test
  void memoryOfAnotherThreadIsEfaultAndChangesNothing() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment owned = arena.allocate(8);
      Threads.start(
              () -> {
                assertFault(owned);
                return null;
              })
          .join();
    }
  }

  @Test
  void memoryForReadingCanBeWrittenFromOnly() {
    MemorySegment constant = MemorySegment.ofArray(new byte[] {1, 2}).asReadOnly();
    assertErrno(Errno.EFAULT, () -> table.read(fd, constant));
    assertThat(table.write(fd, constant)).isEqualTo(2);
  }
}
