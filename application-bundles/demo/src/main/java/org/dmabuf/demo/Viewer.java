package org.dmabuf.demo;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.dmabuf.display.Picture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the screen about thirty times a second for a person, and once more at the end. It looks
 * on by itself: the frames do not wait for it.
 */
final class Viewer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Viewer.class);
  private static final long PERIOD_MILLIS = 33;
  private static final long END_MILLIS = 5_000;

  private final Supplier<Optional<Picture>> screen;
  private final Optional<Consumer<Map<String, Object>>> person;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread = new Thread(this::look, "demo viewer");

  private Viewer(
      Supplier<Optional<Picture>> screen, Optional<Consumer<Map<String, Object>>> person) {
    this.screen = screen;
    this.person = person;
  }

  /**
   * Begins to look, if somebody is there.
   *
   * @param screen what is on the screen now; empty while nothing is, or while a display is replaced
   * @param person gets {@code width}, {@code height} and {@code argb}; empty for nobody
   * @return the viewer, which does nothing for nobody; never null
   */
  static Viewer start(
      Supplier<Optional<Picture>> screen, Optional<Consumer<Map<String, Object>>> person) {
    Viewer viewer = new Viewer(screen, person);
    if (person.isPresent()) {
      viewer.thread.setDaemon(true);
      viewer.thread.start();
    }
    return viewer;
  }

  private void look() {
    try {
      while (!over.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
        show();
      }
      show();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error failed) {
      // Whoever shows the pictures is somebody else: the run goes on without.
      LOG.error("The screen is shown no more: {}", failed, failed);
    }
  }

  private void show() {
    Optional<Picture> now = screen.get();
    if (now.isPresent()) {
      Picture picture = now.get();
      person
          .orElseThrow()
          .accept(
              Map.of("width", picture.width(), "height", picture.height(), "argb", picture.argb()));
    }
  }

  /** Shows the last picture and ends; waits five seconds at most for whoever shows it. */
  @Override
  public void close() {
    over.countDown();
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("Whoever shows the screen has not come back within {} ms", END_MILLIS);
    }
  }
}
