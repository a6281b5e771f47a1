package org.dmabuf.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.display.Picture;
import org.junit.jupiter.api.Test;

final class ViewerTest {
  private final List<Map<String, Object>> seen = new ArrayList<>();

  @Test
  void shouldShowTheLastPictureAtTheEnd() throws InterruptedException {
    CountDownLatch twice = new CountDownLatch(2);
    AtomicInteger number = new AtomicInteger();
    Viewer viewer =
        Viewer.start(
            () -> Optional.of(new Picture(1, 1, new int[] {number.incrementAndGet()})),
            Optional.of(
                picture -> {
                  seen.add(picture);
                  twice.countDown();
                }));
    twice.await();
    viewer.close();
    assertThat(seen).hasSizeGreaterThanOrEqualTo(3);
    assertThat(seen.getLast().get("width")).isEqualTo(1);
    assertThat(seen.getLast().get("height")).isEqualTo(1);
    assertThat((int[]) seen.getLast().get("argb")).containsExactly(number.get());
  }

  @Test
  void shouldShowNothingWhileNothingIsOnTheScreen() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(2);
    Viewer viewer =
        Viewer.start(
            () -> {
              asked.countDown();
              return Optional.empty();
            },
            Optional.of(seen::add));
    asked.await();
    viewer.close();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldNotLookForNobody() {
    AtomicInteger asked = new AtomicInteger();
    Viewer.start(
            () -> {
              asked.incrementAndGet();
              return Optional.empty();
            },
            Optional.empty())
        .close();
    assertThat(asked).hasValue(0);
  }

  @Test
  void shouldEndQuietlyWhenWhoeverShowsItFails() throws InterruptedException {
    CountDownLatch failed = new CountDownLatch(1);
    Viewer viewer =
        Viewer.start(
            () -> Optional.of(new Picture(1, 1, new int[1])),
            Optional.of(
                picture -> {
                  seen.add(picture);
                  failed.countDown();
                  throw new IllegalStateException("no window");
                }));
    failed.await();
    viewer.close();
    assertThat(seen).hasSize(1);
  }
}
