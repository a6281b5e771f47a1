package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.LogRecorder;
import org.dmabuf.ManualClock;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.memory.MemoryAccount;
import org.junit.jupiter.api.Test;

class FileTableTest {
  private final FileTable table = table(5);

  private static FileTable table(int limit) {
    return new FileTable("test", new MemoryAccount("test"), limit, 4096, new ManualClock());
  }

  private static final class Counted extends OpenFile {
    private final AtomicInteger releases = new AtomicInteger();

    @Override
    public String describe() {
      return "counted file";
    }

    @Override
    protected void released() {
      releases.incrementAndGet();
    }
  }

  @Test
  @Row("F1")
  void lowestFreeNumberIsGiven() {
    for (int i = 0; i < 4; i++) {
      assertThat(table.install(new Counted(), false)).isEqualTo(i);
    }
    table.close(2);
    table.close(0);
    assertThat(table.install(new Counted(), false)).isZero();
    assertThat(table.install(new Counted(), false)).isEqualTo(2);
    assertThat(table.install(new Counted(), false)).isEqualTo(4);
    assertThat(table.size()).isEqualTo(5);
    table.close();
  }

  @Test
  @Row("F1")
  void fullTableIsEmfileAndTakesNoReference() {
    for (int i = 0; i < 5; i++) {
      table.install(new Counted(), false);
    }
    Counted file = new Counted();
    assertErrno(Errno.EMFILE, () -> table.install(file, false));
    assertErrno(Errno.EMFILE, () -> table.dup(3));
    assertThat(file.references()).isEqualTo(1);
    file.put();
    table.close();
    assertThat(table.size()).isZero();
  }

  @Test
  void fileIsReleasedOnceWithItsLastDescriptor() {
    Counted file = new Counted();
    int fd = table.install(file, false);
    int other = table.dup(fd);
    assertThat(other).isEqualTo(1);
    OpenFile got = table.get(fd);
    assertThat(got).isSameAs(file);
    table.close(fd);
    table.close(other);
    assertThat(file.releases).hasValue(0);
    got.put();
    assertThat(file.releases).hasValue(1);
    assertThat(file.tryGet()).isFalse();
    assertErrno(Errno.EBADF, file::put);
    assertThat(file.references()).isZero();
  }

  @Test
  @Row("F2")
  void numbersThatAreNotOpenAreEbadf() {
    int fd = table.install(new Counted(), false);
    table.close(fd);
    for (int bad : new int[] {-1, fd, 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertErrno(Errno.EBADF, () -> table.get(bad));
      assertErrno(Errno.EBADF, () -> table.dup(bad));
      assertErrno(Errno.EBADF, () -> table.close(bad));
      assertErrno(Errno.EBADF, () -> table.isCloseOnExec(bad));
    }
  }

  @Test
  @Row("F3")
  void closeOnExecIsSetAtCreationAndNotInheritedByDup() {
    int fd = table.install(new Counted(), true);
    int other = table.dup(fd);
    assertThat(table.isCloseOnExec(fd)).isTrue();
    assertThat(table.isCloseOnExec(other)).isFalse();
    table.close(fd);
    assertThat(table.install(new Counted(), false)).isEqualTo(fd);
    assertThat(table.isCloseOnExec(fd)).as("of the number's next file").isFalse();
    table.close();
  }

  @Test
  void closedTableHasNothingAndTakesNothing() {
    Counted file = new Counted();
    table.install(file, false);
    table.close();
    table.close();
    assertThat(file.releases).hasValue(1);
    assertErrno(Errno.EBADF, () -> table.get(0));
    Counted late = new Counted();
    assertErrno(Errno.EBADF, () -> table.install(late, false));
    assertThat(late.references()).isEqualTo(1);
  }

  /** One file whose release failed kept all others of the table open. */
  @Test
  void fileWhoseReleaseFailsDoesNotKeepTheOthersOpen() {
    LogRecorder.clear();
    Counted file = new Counted();
    table.install(
        new OpenFile() {
          @Override
          public String describe() {
            return "broken file";
          }

          @Override
          protected void released() {
            throw new IllegalStateException("planted");
          }
        },
        false);
    table.install(file, false);
    table.close();
    assertThat(file.releases).hasValue(1);
    assertThat(LogRecorder.lines()).singleElement().asString().contains("broken file", "planted");
  }

  @Test
  void filesOpenedAndClosedByManyThreadsAreEachReleasedOnce() throws Exception {
    FileTable shared = table(16);
    List<Counted> made = new ArrayList<>();
    Threads.together(
        4,
        number -> {
          Random random = new Random(number);
          for (int i = 0; i < 4_000; i++) {
            Counted file = new Counted();
            int fd = shared.install(file, false);
            synchronized (made) {
              made.add(file);
            }
            if (random.nextBoolean()) {
              shared.close(shared.dup(fd));
            }
            OpenFile got = shared.get(fd);
            assertThat(got).isSameAs(file);
            got.put();
            shared.close(fd);
          }
        });
    assertThat(made).allMatch(file -> file.releases.get() == 1);
    assertThat(shared.size()).isZero();
  }
}
