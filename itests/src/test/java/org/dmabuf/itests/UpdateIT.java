package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.itests.ScriptedSource.Point;
import org.dmabuf.memory.Transfer;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** An update of one driver touches no other bundle: no wire ends at a driver. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class UpdateIT {
  private static final int SWAPS = 20;
  private static final long FRAMES = 12;

  @Rule public final LogWatch log = new LogWatch();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Inject private BundleContext context;
  private Swaps swaps;
  private LeakCheck leaks;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.whole());
  }

  @Before
  public void count() {
    swaps = new Swaps(context);
    leaks = new LeakCheck(Services.get(context, DmaBufRegistry.class));
  }

  @After
  public void nothingIsLeft() {
    leaks.nothingIsLeft();
    assertThat(leaks.moved(Transfer.COPIED)).as("bytes copied").isZero();
    swaps.areAllCollected();
  }

  @Test
  public void shouldHaveNoWireThatEndsAtADriver() {
    for (Role role : Role.values()) {
      Bundle driver = swaps.bundle(role);
      List<BundleWire> wires = driver.adapt(BundleWiring.class).getProvidedWires(null);
      assertThat(wires).as("wires to " + driver).isEmpty();
      assertThat(driver.getHeaders().get(Constants.EXPORT_PACKAGE)).as("exports").isNull();
    }
  }

  @Test
  public void shouldRefreshNoOtherBundleByAnUpdate() {
    for (Role role : Role.values()) {
      ScriptedSource source = new ScriptedSource(64, 48, FRAMES);
      Hold hold = source.hold(5, Point.HALF);
      try (PipelineFixture fixture = recorded(source).start()) {
        hold.awaitReached();
        Bundle driver = swaps.bundle(role);
        Map<String, Object> others = services(driver);
        assertThat(others).as("services of others").isNotEmpty();
        Events events = new Events();
        update(driver, Swaps.jarAfter(role, driver.getVersion()));
        assertThat(events.end()).as("bundles with events").containsOnly(driver.getSymbolicName());
        assertThat(services(driver)).as("services of others").isEqualTo(others);
        hold.release();
        isWhole(fixture, source);
      }
      assertThat(context.getBundle(0).adapt(FrameworkWiring.class).getRemovalPendingBundles())
          .as("bundles that wait for a refresh")
          .isEmpty();
    }
  }

  @Test
  public void shouldSurviveManySwapsInARow() {
    ScriptedSource source = new ScriptedSource(64, 48, 5L * SWAPS);
    try (PipelineFixture fixture = recorded(source).with("allow", 3).start()) {
      for (int i = 0; i < SWAPS; i++) {
        fixture.follower().awaitDisplayed(1 + 4L * i);
        // Held back until now, so that the frames do not come to their end before the swaps.
        fixture.running().allow(3 + 4L * (i + 1));
        swaps.swap(Role.values()[i % Role.values().length]);
      }
      fixture.running().allow(Long.MAX_VALUE);
      isWhole(fixture, source);
    }
    assertThat(swaps.count()).isEqualTo(SWAPS);
  }

  private PipelineFixture recorded(ScriptedSource source) {
    return new PipelineFixture(context)
        .source(source)
        .with("record", new File(folder.getRoot(), "record.y4m").getPath())
        .with("record.header", Recording.HEADER);
  }

  private void isWhole(PipelineFixture fixture, ScriptedSource source) {
    PipelineFixture.isWhole(fixture.ended(), source.frames());
    Recording.holds(new File(folder.getRoot(), "record.y4m").toPath(), source, source.frames());
  }

  private static void update(Bundle driver, String jar) {
    try (InputStream bytes = URI.create(jar).toURL().openStream()) {
      driver.update(bytes);
    } catch (IOException | BundleException failed) {
      throw new AssertionError(driver + " was not updated", failed);
    }
  }

  /** Returns the product's services of all bundles but one, by their numbers. */
  private Map<String, Object> services(Bundle but) {
    Map<String, Object> found = new TreeMap<>();
    try {
      for (ServiceReference<?> service : context.getAllServiceReferences(null, null)) {
        String[] types = (String[]) service.getProperty(Constants.OBJECTCLASS);
        if (types[0].startsWith("org.dmabuf") && service.getBundle() != but) {
          found.put(service.getProperty(Constants.SERVICE_ID).toString(), Arrays.toString(types));
        }
      }
    } catch (InvalidSyntaxException impossible) {
      throw new AssertionError("There is no filter", impossible);
    }
    return found;
  }

  /**
   * Notes of which bundles anything is told. Felix tells of a refresh after each update, also when
   * it was only of the bundle itself; a bundle that is refreshed with it is unresolved and told so.
   */
  private final class Events {
    private final List<String> bundles = new CopyOnWriteArrayList<>();
    private final SynchronousBundleListener states =
        event -> bundles.add(event.getBundle().getSymbolicName());

    Events() {
      context.addBundleListener(states);
    }

    List<String> end() {
      context.removeBundleListener(states);
      return bundles;
    }
  }
}
