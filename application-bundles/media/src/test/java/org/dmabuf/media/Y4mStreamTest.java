package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class Y4mStreamTest {
  private static final String HEADER = "YUV4MPEG2 W17 H19 F10:1 C422";
  private static final int SIZE = 17 * 19 + 2 * 9 * 19;

  @TempDir Path folder;
  private final MediaSources sources =
      new MediaSources(new WaitingClock(), TimeUnit.SECONDS.toNanos(20));
  private Path pipe;

  @BeforeEach
  void makePipe() throws InterruptedException {
    pipe = folder.resolve("pipe");
    boolean made;
    try {
      made = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
    } catch (IOException e) {
      made = false;
    }
    assumeTrue(made, "No named pipe can be made here, so streams are not tested");
  }

  @AfterEach
  void noThreadIsLeft() {
    sources.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(t -> t.getName().startsWith("dmabuf-media"));
  }

  @Test
  void deliversTheStreamAndKeepsAFrameUntilItWasDelivered() throws Exception {
    CompletableFuture<Void> writer = feed(Y4mFiles.file(HEADER, 3, SIZE));
    try (OpenFrameSource source = sources.open(SourceRequest.of(pipe.toString()))) {
      assertThat(source.info().format()).isEqualTo(PixelFormat.YUV422);
      assertThat(source.info().frames()).isEmpty();
      TestFrame frame = TestFrame.of(source.info());
      for (int i = 0; i < 3; i++) {
        assertThat(source.read(frame.target())).hasValue(i);
        Arrays.fill(frame.memory(), (byte) 0);
        assertThat(source.read(frame.target())).hasValue(i);
        assertThat(frame.memory()).isEqualTo(Y4mFiles.frame(i, SIZE));
        source.delivered(i);
      }
      assertThat(source.read(frame.target())).isEmpty();
      assertThat(source.read(frame.target())).isEmpty();
      assertThat(frame.converted()).isZero();
    }
    writer.get();
  }

  @Test
  void aStreamThatWasLookedAtIsOpenedWithNothingLost() throws Exception {
    CompletableFuture<Void> writer = feed(Y4mFiles.file(HEADER, 1, SIZE));
    SourceRequest request = SourceRequest.of(pipe.toString()).withFormat(PixelFormat.GREY);
    SourceInfo info = sources.probe(request);
    assertThat(sources.probe(request)).isEqualTo(info);
    try (OpenFrameSource source = sources.open(request)) {
      assertThat(source.info()).isEqualTo(info);
      TestFrame frame = TestFrame.of(info);
      assertThat(source.read(frame.target())).hasValue(0);
      assertThat(frame.memory())
          .isEqualTo(Arrays.copyOf(Y4mFiles.frame(0, SIZE), frame.memory().length));
      assertThat(frame.converted()).isEqualTo(17 * 19);
    }
    writer.get();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, SIZE - 1, SIZE + 2})
  void aStreamThatEndsWithinAFrameIsBroken(int missing) throws Exception {
    byte[] bytes = Y4mFiles.file(HEADER, 2, SIZE);
    CompletableFuture<Void> writer = feed(Arrays.copyOf(bytes, bytes.length - missing));
    try (OpenFrameSource source = sources.open(SourceRequest.of(pipe.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      source.read(frame.target());
      source.delivered(0);
      for (int i = 0; i < 2; i++) {
        Failing.with(Errno.EPIPE, () -> source.read(frame.target()))
            .hasMessageContaining("truncated: it ended within frame 1");
      }
    }
    writer.get();
  }

  @Test
  void aStreamWithSomethingElseBetweenItsFramesIsBroken() throws Exception {
    CompletableFuture<Void> writer = feed(Y4mFiles.file(HEADER, "FAME", 1, SIZE));
    try (OpenFrameSource source = sources.open(SourceRequest.of(pipe.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      Failing.with(Errno.EPIPE, () -> source.read(frame.target()))
          .hasMessageContaining("frame 0 does not begin with FRAME");
    }
    writer.get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"YUV4MPEG2 W16 H16 C411\n", "hello\n", "YUV4MPEG2 W16", ""})
  void aStreamThatIsNotSupportedIsRefused(String text) throws Exception {
    CompletableFuture<Void> writer = feed(Y4mFiles.text(text));
    Failing.with(Errno.EINVAL, () -> sources.open(SourceRequest.of(pipe.toString())))
        .hasMessageContaining(pipe.toString());
    writer.get();
  }

  @Test
  void aStreamCannotBeLoopedOrLive() {
    SourceRequest request = SourceRequest.of(pipe.toString());
    Failing.with(Errno.EINVAL, () -> sources.open(request.withLoop(true)))
        .hasMessageContaining("cannot be looped");
    Failing.with(Errno.EINVAL, () -> sources.probe(request.withLive(true)))
        .hasMessageContaining("cannot be live");
  }

  @Test
  void waitsForAWriterNoLongerThanSaid() {
    MediaSources impatient =
        new MediaSources(new WaitingClock(), TimeUnit.MILLISECONDS.toNanos(20));
    Failing.with(Errno.ETIMEDOUT, () -> impatient.open(SourceRequest.of(pipe.toString())))
        .hasMessageContaining("Nobody wrote");
  }

  @Test
  void aReaderThatIsInterruptedLosesNothing() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Void> writer =
        run(
            () -> {
              try (var out = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {
                byte[] bytes = Y4mFiles.file(HEADER, 1, SIZE);
                out.write(bytes, 0, 100);
                out.flush();
                go.await();
                out.write(bytes, 100, bytes.length - 100);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    try (OpenFrameSource source = sources.open(SourceRequest.of(pipe.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      Thread.currentThread().interrupt();
      Failing.with(Errno.EINTR, () -> source.read(frame.target()));
      go.countDown();
      assertThat(source.read(frame.target())).hasValue(0);
      assertThat(frame.memory()).isEqualTo(Y4mFiles.frame(0, SIZE));
    }
    writer.get();
  }

  @Test
  void closingWakesAReaderThatWaits() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    CompletableFuture<Void> writer =
        run(
            () -> {
              try (var out = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {
                out.write(Y4mFiles.text(HEADER + "\n"));
                out.flush();
                closed.await();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    OpenFrameSource source = sources.open(SourceRequest.of(pipe.toString()));
    TestFrame frame = TestFrame.of(source.info());
    CompletableFuture<Errno> reader =
        supply(
            () -> {
              try {
                source.read(frame.target());
                return Errno.EIO;
              } catch (DmaBufException e) {
                return e.errno();
              }
            });
    source.close();
    assertThat(reader.get()).isEqualTo(Errno.ENODEV);
    closed.countDown();
    writer.get();
  }

  @Test
  void closingEndsAThreadThatNobodyEverWroteTo() throws InterruptedException, ExecutionException {
    CompletableFuture<Errno> opener =
        supply(
            () -> {
              MediaSources impatient = new MediaSources(new WaitingClock(), 1);
              try {
                impatient.open(SourceRequest.of(pipe.toString()));
                return Errno.EIO;
              } catch (DmaBufException e) {
                return e.errno();
              }
            });
    assertThat(opener.get()).isEqualTo(Errno.ETIMEDOUT);
  }

  private CompletableFuture<Void> feed(byte[] bytes) {
    return run(
        () -> {
          try (var out = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {
            out.write(bytes);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** The pool of the JDK may have one thread only, too few for two that wait for each other. */
  private static CompletableFuture<Void> run(Runnable task) {
    return CompletableFuture.runAsync(task, t -> Thread.ofPlatform().daemon().start(t));
  }

  private static <T> CompletableFuture<T> supply(Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, t -> Thread.ofPlatform().daemon().start(t));
  }
}
