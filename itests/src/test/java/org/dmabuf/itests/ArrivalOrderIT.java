package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.format.PixelFormat;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * Whatever comes first: a pipeline runs once all parts are there. In every order of the five parts,
 * once as configurations that arrive and once as bundles that start.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ArrivalOrderIT {
  private static final int FRAMES = 4;

  private enum Part {
    SOURCE("org.dmabuf.application.media"),
    CAPTURE("org.dmabuf.importer.v4l2"),
    EXPORTER("org.dmabuf.exporter.heap"),
    DISPLAY("org.dmabuf.importer.display"),
    PIPELINE("org.dmabuf.application.pipeline");

    private final String bundle;

    Part(String bundle) {
      this.bundle = bundle;
    }
  }

  @Rule public final LogWatch log = new LogWatch();
  @Inject private BundleContext context;
  private final Map<Part, Bundle> bundles = new EnumMap<>(Part.class);
  private LeakCheck leaks;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void find() {
    leaks = new LeakCheck(Services.get(context, DmaBufRegistry.class));
    for (Part part : Part.values()) {
      bundles.put(
          part,
          Arrays.stream(context.getBundles())
              .filter(bundle -> part.bundle.equals(bundle.getSymbolicName()))
              .findFirst()
              .orElseThrow());
    }
  }

  @Test
  public void shouldRunInEveryOrderOfArrivingConfigurations() {
    int orders =
        inEveryOrder(
            order -> {
              stop(Part.EXPORTER);
              try (PipelineFixture fixture = new PipelineFixture(context)) {
                settings(fixture);
                order.forEach(part -> configure(fixture, part));
                runs(fixture);
              }
            });
    assertThat(orders).isEqualTo(120);
  }

  @Test
  public void shouldRunInEveryOrderOfStartingBundles() {
    int orders =
        inEveryOrder(
            order -> {
              try (PipelineFixture fixture = new PipelineFixture(context)) {
                order.forEach(this::stop);
                settings(fixture);
                List.of(Part.SOURCE, Part.CAPTURE, Part.DISPLAY, Part.PIPELINE)
                    .forEach(part -> configure(fixture, part));
                order.forEach(this::start);
                runs(fixture);
              }
            });
    assertThat(orders).isEqualTo(120);
  }

  private void runs(PipelineFixture fixture) {
    assertThat(bundles.values()).allMatch(bundle -> bundle.getState() == Bundle.ACTIVE);
    fixture.follow();
    PipelineFixture.isWhole(fixture.ended(), FRAMES);
  }

  private static void settings(PipelineFixture fixture) {
    fixture.size(PixelFormat.NV12, 64, 48).with("frames", FRAMES);
  }

  private void configure(PipelineFixture fixture, Part part) {
    switch (part) {
      case SOURCE -> fixture.media("pattern", PixelFormat.NV12, 64, 48);
      case CAPTURE -> fixture.capture();
      case EXPORTER -> start(part);
      case DISPLAY -> fixture.display();
      case PIPELINE -> fixture.pipeline();
    }
  }

  private void start(Part part) {
    try {
      bundles.get(part).start();
    } catch (BundleException failed) {
      throw new AssertionError(part + " did not start", failed);
    }
  }

  private void stop(Part part) {
    try {
      bundles.get(part).stop();
    } catch (BundleException failed) {
      throw new AssertionError(part + " did not stop", failed);
    }
  }

  /** Runs a test for each order; returns how many there were. */
  private int inEveryOrder(Consumer<List<Part>> test) {
    List<List<Part>> orders = new ArrayList<>();
    permute(new ArrayList<>(List.of(Part.values())), 0, orders);
    for (List<Part> order : orders) {
      try {
        test.accept(order);
        leaks.nothingIsLeft();
      } catch (AssertionError failed) {
        throw new AssertionError("In the order " + order + ": " + failed.getMessage(), failed);
      }
    }
    return orders.size();
  }

  private static void permute(List<Part> parts, int from, List<List<Part>> orders) {
    if (from == parts.size()) {
      orders.add(List.copyOf(parts));
      return;
    }
    for (int i = from; i < parts.size(); i++) {
      Collections.swap(parts, from, i);
      permute(parts, from + 1, orders);
      Collections.swap(parts, from, i);
    }
  }
}
