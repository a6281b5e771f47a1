package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.memory.MemoryAccount;
import org.junit.jupiter.api.Test;

/** Files that come into other tables, and numbers that are chosen. */
class FilePassingTest {
  private final FileTable table = table(8);

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
  @Row({"F1", "A/16"})
  void dupFromANumberOnTakesTheLowestFreeOne() {
    int fd = table.install(new Counted(), true);
    assertThat(table.control().dup(fd, 5, false)).isEqualTo(5);
    assertThat(table.control().dup(fd, 5, true)).isEqualTo(6);
    assertThat(table.isCloseOnExec(5)).isFalse();
    assertThat(table.isCloseOnExec(6)).isTrue();
    assertThat(table.control().dup(fd, 5, false)).isEqualTo(7);
    assertErrno(Errno.EMFILE, () -> table.control().dup(fd, 5, false));
    assertThat(table.control().dup(fd, 0, false)).isEqualTo(1);
    assertErrno(Errno.EINVAL, () -> table.control().dup(fd, -1, false));
    assertErrno(Errno.EINVAL, () -> table.control().dup(fd, 8, false));
    assertErrno(Errno.EBADF, () -> table.control().dup(3, 8, false));
    assertThat(table.get(fd).references()).isEqualTo(6);
    table.get(fd).put();
  }

  @Test
  @Row("A/16")
  void dupToANumberClosesWhatItNamed() {
    Counted first = new Counted();
    Counted second = new Counted();
    int fd = table.install(first, true);
    int other = table.install(second, false);
    assertThat(table.dup(fd, other, true)).isEqualTo(other);
    assertThat(second.releases).hasValue(1);
    assertThat(table.isSame(fd, other)).isTrue();
    assertThat(table.isCloseOnExec(other)).isTrue();
    assertThat(table.dup(fd, 6, false)).isEqualTo(6);
    assertThat(table.dup(fd, fd, false)).isEqualTo(fd);
    assertThat(table.isCloseOnExec(fd)).as("dup2 of itself changes nothing").isTrue();
    assertErrno(Errno.EINVAL, () -> table.dup(fd, fd, true));
    assertErrno(Errno.EBADF, () -> table.dup(4, 4, false));
    assertErrno(Errno.EBADF, () -> table.dup(4, 5, false));
    assertErrno(Errno.EBADF, () -> table.dup(fd, 8, false));
    assertErrno(Errno.EBADF, () -> table.dup(fd, -1, false));
    assertThat(first.references()).isEqualTo(3);
    table.close();
    assertErrno(Errno.EBADF, () -> table.dup(fd, 1, false));
    assertThat(first.releases).hasValue(1);
  }

  @Test
  void rangeIsClosedWithItsHoles() {
    Counted file = new Counted();
    table.install(file, false);
    table.dup(0, 3, false);
    table.dup(0, 5, false);
    table.dup(0, 7, false);
    table.closeRange(3, 5);
    assertThat(table.size()).isEqualTo(2);
    assertErrno(Errno.EBADF, () -> table.get(5));
    table.closeRange(1, Integer.MAX_VALUE);
    assertThat(table.size()).isEqualTo(1);
    assertErrno(Errno.EINVAL, () -> table.closeRange(3, 2));
    assertErrno(Errno.EINVAL, () -> table.closeRange(-1, 2));
    table.closeRange(0, 0);
    assertThat(file.releases).hasValue(1);
  }

  @Test
  @Row("F3")
  void execClosesWhatHasCloseOnExec() {
    Counted kept = new Counted();
    Counted gone = new Counted();
    table.install(gone, true);
    table.install(kept, false);
    table.install(gone, false);
    assertThat(gone.tryGet()).isTrue();
    table.setCloseOnExec(2, true);
    table.exec();
    assertThat(table.size()).isEqualTo(1);
    assertThat(gone.releases).hasValue(1);
    assertThat(kept.references()).isEqualTo(1);
    assertErrno(Errno.EBADF, () -> table.setCloseOnExec(2, true));
    table.close();
  }

  @Test
  void childGetsTheSameFilesByTheSameNumbers() {
    Counted file = new Counted();
    table.install(file, true);
    table.dup(0, 4, false);
    FileTable child = table(8);
    child.passing().inherit(table);
    assertThat(child.size()).isEqualTo(2);
    assertThat(child.isCloseOnExec(0)).isTrue();
    assertThat(child.isCloseOnExec(4)).isFalse();
    assertThat(file.references()).isEqualTo(4);
    table.close();
    assertThat(child.get(4)).isSameAs(file);
    file.put();
    assertErrno(Errno.EBUSY, () -> child.passing().inherit(child));
    FileTable small = table(4);
    assertErrno(Errno.EBUSY, () -> small.passing().inherit(child));
    assertThat(file.references()).isEqualTo(2);
    child.close();
    assertThat(file.releases).hasValue(1);
    assertErrno(Errno.EBADF, () -> child.passing().inherit(small));
  }

  @Test
  @Row("A/18")
  void messagesArriveInOrderAndWhatDoesNotFitIsClosed() {
    Counted file = new Counted();
    table.install(file, false);
    FileTable receiver = table(2);
    table.passing().send(receiver, 0);
    assertErrno(Errno.ETOOMANYREFS, () -> table.passing().send(receiver, 0, 0));
    table.passing().send(receiver, 0);
    assertThat(file.references()).isEqualTo(3);
    receiver.passing().receive(false);
    table.passing().send(receiver, 0);
    assertThat(receiver.passing().receive(false)).containsExactly(1);
    assertThat(receiver.passing().receive(false)).as("the table is full").isEmpty();
    assertThat(file.references()).isEqualTo(3);
    receiver.close(1);
    table.passing().send(receiver, 0, 0);
    assertThat(receiver.passing().receive(false)).containsExactly(1);
    assertThat(file.references()).isEqualTo(3);
    assertErrno(Errno.EAGAIN, () -> receiver.passing().receive(false));
    receiver.close();
    table.close();
    assertThat(file.releases).hasValue(1);
  }

  @Test
  @Row("A/18")
  void messagesThatCannotBeSentHoldNothing() {
    Counted file = new Counted();
    table.install(file, false);
    FileTable receiver = table(1024);
    assertErrno(Errno.EBADF, () -> table.passing().send(receiver, 0, 5));
    assertErrno(Errno.EINVAL, () -> table.passing().send(receiver));
    assertErrno(Errno.EINVAL, () -> table.passing().send(receiver, new int[254]));
    table.passing().send(receiver, new int[253]);
    assertThat(receiver.passing().receive(false)).hasSize(253);
    receiver.close();
    assertErrno(Errno.EPIPE, () -> table.passing().send(receiver, 0));
    assertThat(file.references()).isEqualTo(1);
    table.passing().send(table, 0);
    table.close();
    assertThat(file.releases).hasValue(1);
    FileTable late = table(1);
    late.close();
    assertErrno(Errno.EAGAIN, () -> late.passing().receive(false));
  }

  /** Files handed round by several threads, one of which closes a table, are each released once. */
  @Test
  void filesHandedRoundAreReleasedOnce() throws Exception {
    for (int round = 0; round < 200; round++) {
      Counted file = new Counted();
      List<FileTable> tables = List.of(table(64), table(64), table(64));
      tables.getFirst().install(file, false);
      for (FileTable each : tables.subList(1, 3)) {
        each.passing().inherit(tables.getFirst());
      }
      Threads.together(
          3,
          number -> {
            FileTable mine = tables.get(number);
            for (int i = 0; i < 20; i++) {
              mine.passing().send(tables.get((number + 1) % 3), 0);
              try {
                mine.passing().receive(true);
              } catch (org.dmabuf.DmaBufException nothing) {
                assertThat(nothing.errno()).isEqualTo(Errno.EAGAIN);
              }
            }
          });
      assertThat(file.releases).hasValue(0);
      tables.forEach(FileTable::close);
      assertThat(file.releases).hasValue(1);
    }
  }
}
