package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Threads;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.PollFd;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A counter that programs poll, read and write. */
class EventFdTest {
  private static final int IN = PollEvents.POLLIN;
  private static final int OUT = PollEvents.POLLOUT;
  private static final long MOST = -2; // without sign
  private static final Duration NO_LIMIT = Duration.ofSeconds(-1);

  @RegisterExtension final Framework framework = new Framework();
  private FileTable table;

  @BeforeEach
  void open() {
    table = framework.open("program").files();
  }

  private int event(int value, int flags) {
    return EventFd.open(table, value, flags);
  }

  private EventFd file(int fd) {
    EventFd file = (EventFd) table.get(fd);
    file.put(); // the table's is left
    return file;
  }

  private long read(int fd) {
    MemorySegment value = MemorySegment.ofArray(new long[1]);
    assertThat(table.read(fd, value)).isEqualTo(8);
    return value.get(ValueLayout.JAVA_LONG, 0);
  }

  private long write(int fd, long value) {
    return table.write(fd, MemorySegment.ofArray(new long[] {value}));
  }

  @Test
  void flagsAreTheDescriptorsAndTheFiles() {
    int plain = event(-1, 0);
    int both = event(1, OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK);
    assertThat(table.isCloseOnExec(plain)).isFalse();
    assertThat(table.isCloseOnExec(both)).isTrue();
    assertThat(table.control().flags(plain)).isEqualTo(OpenFlags.O_RDWR);
    assertThat(table.control().flags(both)).isEqualTo(OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK);
    assertThat(read(plain)).as("32 bits without sign").isEqualTo(0xffff_ffffL);
    assertThat(file(both)).hasToString("event file at 1");
  }

  @Test
  void additionsStopAtTheHighestValueAndWritesWaitForRoom() {
    int fd = event(0, OpenFlags.O_NONBLOCK);
    file(fd).add(MOST - 1);
    assertThat(table.poll(fd, IN | OUT)).isEqualTo(IN | OUT);
    file(fd).add(1);
    assertThat(file(fd).value()).isEqualTo(MOST);
    assertThat(table.poll(fd, IN | OUT)).as("full").isEqualTo(IN);
    assertErrno(Errno.EAGAIN, () -> write(fd, 1));
    assertThat(write(fd, 0)).isEqualTo(8);
    file(fd).add(5);
    assertThat(read(fd)).isEqualTo(MOST);
    assertThat(table.poll(fd, IN | OUT)).as("empty").isEqualTo(OUT);
    assertErrno(Errno.EAGAIN, () -> read(fd));
    assertThat(write(fd, MOST)).isEqualTo(8);
    assertThat(read(fd)).isEqualTo(MOST);
  }

  @Test
  void readerWaitsForAnAddition() throws Exception {
    int fd = event(0, 0);
    Threads.Running<Long> reader = Threads.start(() -> read(fd));
    reader.awaitBlocked();
    file(fd).add(7);
    assertThat(reader.join()).isEqualTo(7);
  }

  @Test
  void writerWaitsForAReader() throws Exception {
    int fd = event(0, 0);
    write(fd, MOST);
    Threads.Running<Long> writer = Threads.start(() -> write(fd, 3));
    writer.awaitBlocked();
    assertThat(read(fd)).isEqualTo(MOST);
    assertThat(writer.join()).isEqualTo(8);
    assertThat(read(fd)).isEqualTo(3);
  }

  @Test
  void interruptedReaderSeesThatItWas() throws Exception {
    int fd = event(0, 0);
    Threads.Running<Boolean> reader =
        Threads.start(
            () -> {
              assertErrno(Errno.EINTR, () -> read(fd));
              return Thread.currentThread().isInterrupted();
            });
    reader.awaitBlocked();
    reader.thread().interrupt();
    assertThat(reader.join()).isTrue();
  }

  @Test
  void pollIsWokenByAdditionsWritesAndReads() throws Exception {
    int fd = event(0, 0);
    awaits(fd, IN, () -> file(fd).add(1));
    read(fd);
    awaits(fd, IN, () -> write(fd, MOST));
    awaits(fd, OUT, () -> read(fd));
  }

  private void awaits(int fd, int events, Runnable then) throws Exception {
    PollFd asked = new PollFd(fd, events);
    Threads.Running<Integer> poll = Threads.start(() -> table.poll(List.of(asked), NO_LIMIT));
    poll.awaitBlocked();
    then.run();
    assertThat(poll.join()).isEqualTo(1);
    assertThat(asked.revents()).isEqualTo(events);
  }

  @Test
  void closingTheDescriptorLeavesItToWhoAdds() {
    int fd = event(0, 0);
    EventFd file = file(fd);
    table.close(fd);
    file.add(1);
    assertThat(file.value()).isEqualTo(1);
  }
}
